/** Lines through the pointer. Two elements that the compositor moves: nothing is painted while the pointer goes. */
import type { Point } from '../../core/geometry.ts';
import styles from './annotation-canvas.module.css';

export interface Crosshair {
  /** Where the lines cross, CSS pixels of the canvas, or null for none. */
  show(atView: Point | null): void;
  remove(): void;
}

/** Puts the lines above what the container shows. */
export function createCrosshair(container: HTMLElement): Crosshair {
  const [across, down] = [styles.across, styles.down].map((className) => {
    const line = document.createElement('div');
    line.className = className ?? '';
    line.hidden = true;
    container.append(line);
    return line;
  }) as [HTMLDivElement, HTMLDivElement];
  let isShown = false;
  return {
    show(atView) {
      if (!isShown && atView === null) return;
      if (isShown !== (atView !== null)) {
        isShown = atView !== null;
        across.hidden = !isShown;
        down.hidden = !isShown;
      }
      if (atView === null) return;
      across.style.transform = `translateY(${Math.round(atView.y)}px)`;
      down.style.transform = `translateX(${Math.round(atView.x)}px)`;
    },
    remove() {
      across.remove();
      down.remove();
    },
  };
}
