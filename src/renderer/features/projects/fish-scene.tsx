/** The picture on the sample's card: a fish with a hand box and a suggestion, drawn here. */
import type { ReactElement } from 'react';

export function FishScene(): ReactElement {
  return (
    <svg viewBox="0 0 420 190" aria-hidden="true" preserveAspectRatio="xMidYMid slice">
      <rect width="420" height="190" fill="#1d3b46" />
      <path d="M0 0h420v70C300 92 160 48 0 82z" fill="#254c58" />
      <path d="M0 140c90-24 160 10 250-6s120-10 170 4v52H0z" fill="#162d36" />
      <g fill="#9fb8bd">
        <path d="M92 96c18-25 43-37 72-37 20 0 36 8 48 21l25-18v66l-25-18c-12 13-28 21-48 21-29 0-54-12-72-35z" />
        <path d="M140 62c10-16 28-20 40-16l-8 16z" opacity=".8" />
        <circle cx="120" cy="90" r="5" fill="#12262d" />
        <path d="M140 78c8 10 8 26 0 36" stroke="#6d8a91" strokeWidth="2.5" fill="none" />
      </g>
      <g fill="#c9a35c" transform="translate(262 84) scale(.62)">
        <path d="M0 46c16-24 38-36 66-36 18 0 32 8 44 20l24-18v66l-24-18c-12 13-26 21-44 21C38 81 16 69 0 46z" />
        <circle cx="28" cy="40" r="5.5" fill="#12262d" />
      </g>
      <rect x="84" y="42" width="160" height="104" rx="1" fill="none" stroke="#f0524f" strokeWidth="2.5" />
      <rect
        x="254"
        y="82"
        width="98"
        height="58"
        rx="1"
        fill="none"
        stroke="#f2c230"
        strokeWidth="2.5"
        strokeDasharray="8 5"
      />
      <g fontFamily="system-ui, sans-serif" fontSize="12" fontWeight="600">
        <path d="M84 26h44v16H84z" fill="#f0524f" />
        <text x="91" y="38" fill="#1c0707">
          ALB
        </text>
        <path d="M254 66h70v16h-70z" fill="#f2c230" />
        <text x="261" y="78" fill="#231a02">
          YFT 0.83
        </text>
      </g>
    </svg>
  );
}
