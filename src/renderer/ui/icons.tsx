/** The studio's own icons: 16 px line drawings in the colour of their text. Always beside or under a label, never alone in meaning. */
import type { ReactElement } from 'react';

const paths = {
  select: 'M4 2.5v10.2l2.7-2.5 1.8 3.6 1.7-.9-1.8-3.5h3.6z',
  box: 'M3 3h10v10H3zM1.5 3h1.5V1.5M14.5 13H13v1.5',
  line: 'M4 12a1.5 1.5 0 1 0-.1 0zM5 9.5l6.5-5M11.5 4.5l.3-2.7M11.5 4.5l2.6.6',
  zoom: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14M7 5v4M5 7h4',
  pan: 'M8 1.5v13M1.5 8h13M8 1.5 6 3.5M8 1.5l2 2M8 14.5l-2-2M8 14.5l2-2M1.5 8l2-2M1.5 8l2 2M14.5 8l-2-2M14.5 8l-2 2',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6',
  redo: 'M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10',
  fit: 'M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5M5.5 6h5v4h-5z',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  next: 'M6 3l5 5-5 5',
  previous: 'M10 3 5 8l5 5',
  check: 'M2.5 8.5l3.5 3.5 7.5-8',
  cross: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  question: 'M5.5 6a2.5 2.5 0 1 1 3.7 2.2C8.3 8.7 8 9.2 8 10M8 12.5v.5',
  empty: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.8 12.2l8.4-8.4',
  unseen: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z',
  labelled: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.5 6.5h5v3.5h-5z',
  reviewed: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5 8.2l2.2 2.2L11 6',
  problem: 'M8 2 14.5 13.5h-13zM8 6.5v3.5M8 11.5v.5',
  folder: 'M1.5 4V13h13V5.5H7.5L6 4z',
  image: 'M2 3h12v10H2zM2 11l3.5-3.5 3 3L11 8l3 3M10.5 5.5h.1',
  file: 'M4 1.5h5.5L12.5 4.5v10H4zM9.5 1.5v3h3',
  fish: 'M1.5 8c2-3 4.3-4.3 6.8-4.3 1.8 0 3.2.8 4.2 2.2l2-1.6v7.4l-2-1.6c-1 1.4-2.4 2.2-4.2 2.2C5.8 12.3 3.5 11 1.5 8zM5.5 7.2h.1',
  data: 'M8 2c3.3 0 6 .9 6 2s-2.7 2-6 2-6-.9-6-2 2.7-2 6-2zM2 4v8c0 1.1 2.7 2 6 2s6-.9 6-2V4M2 8c0 1.1 2.7 2 6 2s6-.9 6-2',
  train: 'M2 13.5V2.5M2 13.5h12M4 5c2 0 2 6 5 6.5 1.8.3 3.5.3 5 .3',
  review: 'M2 4h7M2 8h5M2 12h4M9 10.5l2 2 3.5-4.5',
  compare: 'M2 4h7v6H2zM7 7h7v6H7z',
  export: 'M8 10V2M8 2 5 5M8 2l3 3M2.5 9.5v4h11v-4',
  import: 'M8 2v8M8 10 5 7M8 10l3-3M2.5 9.5v4h11v-4',
  annotate: 'M3 13l.7-2.9L11 2.8l2.2 2.2-7.3 7.3zM9.5 4.3l2.2 2.2',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M5 9.5h6',
  pin: 'M6 2h4l-.5 4 2 2.5H4.5l2-2.5zM8 8.5V14',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.7 6.5v4.5M9.3 6.5v4.5',
  heat: 'M8 1.5c.5 2.5 4 4.5 4 8a4 4 0 0 1-8 0c0-1.6.8-2.7 1.6-3.4.2 1 .6 1.6 1.2 1.9C6.6 5.6 7 3.3 8 1.5z',
  figures: 'M2.5 13.5h11M4 13.5V8M7 13.5V3M10 13.5V6M13 13.5v-3',
  note: 'M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3',
  engine: 'M5 5h6v6H5zM6.5 2v3M9.5 2v3M6.5 11v3M9.5 11v3M2 6.5h3M2 9.5h3M11 6.5h3M11 9.5h3',
  suggestion:
    'M2.5 2.5h2M6.5 2.5h3M11.5 2.5h2v2M13.5 6.5v3M13.5 11.5v2h-2M9.5 13.5h-3M4.5 13.5h-2v-2M2.5 9.5v-3M2.5 4.5v-2',
  down: 'M8 3v10M8 13l4-4M8 13 4 9',
  lock: 'M4 7.5h8V14H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  unlock: 'M4 7.5h8V14H4zM5.5 7.5V5a2.5 2.5 0 0 1 4.7-1.2',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  front: 'M6.5 6.5h7v7h-7zM2.5 9.5v-7h7M8 8l4 4',
  back: 'M2.5 2.5h7v7h-7zM13.5 6.5v7h-7',
  'line-off':
    'M4 12a1.5 1.5 0 1 0-.1 0zM5 9.5l6.5-5M11.5 4.5l.3-2.7M11.5 4.5l2.6.6M9.5 9.5l4.5 4.5M14 9.5 9.5 14',
  flip: 'M2.5 6h10M10 3.5 12.5 6M13.5 10.5h-10M6 8l-2.5 2.5L6 13',
  'align-left': 'M2.5 2v12M5 4h8v3H5zM5 9.5h5v3H5z',
  'align-centre': 'M8 2v12M4 4h8v3H4zM5.5 9.5h5v3h-5z',
  'align-right': 'M13.5 2v12M3 4h8v3H3zM6 9.5h5v3H6z',
  'align-top': 'M2 2.5h12M4 5h3v8H4zM9.5 5h3v5h-3z',
  'align-middle': 'M2 8h12M4 4h3v8H4zM9.5 5.5h3v5h-3z',
  'align-bottom': 'M2 13.5h12M4 3h3v8H4zM9.5 6h3v5h-3z',
  'spread-across': 'M2.5 2v12M13.5 2v12M6.5 5h3v6h-3z',
  'spread-down': 'M2 2.5h12M2 13.5h12M5 6.5h6v3H5z',
  up: 'M8 13V3M8 3 4 7M8 3l4 4',
  filter: 'M2 3h12L9.5 8.5v4l-3 1.5v-5.5z',
  sort: 'M4.5 2.5v11M4.5 13.5l-2.5-3M4.5 13.5l2.5-3M9 4h5M9 8h4M9 12h2.5',
  grid: 'M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z',
  rows: 'M2 4h2M6 4h8M2 8h2M6 8h8M2 12h2M6 12h8',
  eye: 'M1.5 8C3 5.2 5.3 3.7 8 3.7S13 5.2 14.5 8C13 10.8 10.7 12.3 8 12.3S3 10.8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  light: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M8 5h4.7M8 8h6M8 11h4.7',
  language:
    'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c-2 2-2.5 4-2.5 6s.5 4 2.5 6c2-2 2.5-4 2.5-6s-.5-4-2.5-6z',
  stop: 'M4 4h8v8H4z',
  restart: 'M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3',
} as const;

export type IconName = keyof typeof paths;

/** An icon of `size` CSS pixels; hidden from screen readers, since its label speaks. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactElement {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: 'none', display: 'block' }}
    >
      <path d={paths[name]} />
    </svg>
  );
}
