/** Verdicts of the leak test in German, by their English: each for every suspect and for both questions. */

const suspects: Readonly<Record<string, string>> = {
  'the pixel size': 'die Pixelgröße',
  'the camera and its compression tables': 'die Kamera und ihre Kompressionstabellen',
  'the file name': 'den Dateinamen',
  'the time of capture': 'die Zeit der Aufnahme',
  'the outermost pixels': 'die äußersten Pixel',
  'the colours of the background': 'die Farben des Hintergrunds',
  'the background as a backbone sees it': 'den Hintergrund in den Merkmalen des Backbones',
  'the column “{names}”': 'die Spalte „{names}“',
};

/** What is told, as an object and as a clause. */
const targets: Readonly<Record<string, { readonly thing: string; readonly clause: string }>> = {
  'the class': { thing: 'die Klasse', clause: 'welche Klasse es ist' },
  'whether there is a fish': { thing: 'einen Fisch', clause: 'ob ein Fisch da ist' },
};

const always = '({nMost} %, wenn man immer das Häufigste sagt)';
const unknown = 'also ist nicht zu sagen, was davon auf einem anderen Boot bliebe';
const left = 'so what is left of it on another boat cannot be told';

const ofTargets = Object.entries(targets).flatMap(([what, { thing, clause }]): [string, string][] => [
  [
    `None found: no suspect tells ${what} better than the class frequencies do.`,
    `Keines gefunden: Kein Verdächtiger sagt besser, ${clause}, als die Häufigkeit der Klassen.`,
  ],
  [
    `Only a fact that gives away ${what} in every photograph would have been found in at least four of five such tests; a weaker one may be there.`,
    `Nur etwas, das ${thing} auf jedem Foto verrät, wäre in mindestens vier von fünf solchen Tests gefunden worden; etwas Schwächeres kann da sein.`,
  ],
  [
    `A fact that gives away ${what} in {n} % of the photographs or more would have been found in at least four of five such tests; a weaker one may be there.`,
    `Etwas, das ${thing} auf {n} % der Fotos oder mehr verrät, wäre in mindestens vier von fünf solchen Tests gefunden worden; etwas Schwächeres kann da sein.`,
  ],
]);

const ofSuspects = Object.entries(suspects).flatMap(([suspect, german]) =>
  Object.entries(targets).flatMap(([what, { clause }]): [string, string][] => {
    const onBoth = `A model given only ${suspect} tells ${what} of {nShare} % of the photographs on a random split ({nMost} % by always saying the commonest)`;
    const model = `Modell, das nur ${german} kennt`;
    const onRandom = `Ein ${model}, sagt bei zufälliger Aufteilung auf {nShare} % der Fotos richtig, ${clause} ${always}`;
    return [
      [
        `Even on boats it never saw, a model given only ${suspect} tells ${what} of {nShare} % of the photographs ({nMost} % by always saying the commonest): a leak that grouped splits do not close.`,
        `Selbst auf Booten, die es nie sah, sagt ein ${model}, auf {nShare} % der Fotos richtig, ${clause} ${always}: ein Leck, das eine Aufteilung nach Gruppen nicht schließt.`,
      ],
      [
        `${onBoth}; on boats it never saw that falls to {nGrouped} %.`,
        `${onRandom}; auf Booten, die es nie sah, sind es noch {nGrouped} %.`,
      ],
      [
        `${onBoth}; no photograph has a group, ${left}.`,
        `${onRandom}; kein Foto hat eine Gruppe, ${unknown}.`,
      ],
      [`${onBoth}; there is one group only, ${left}.`, `${onRandom}; es gibt nur eine Gruppe, ${unknown}.`],
    ];
  }),
);

export const germanLeakSentences: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...ofTargets, ...ofSuspects]),
  'Look at what these photographs share besides the fish, and collect or crop so that it no longer goes with the class; until then read every class score beside this figure.':
    'Nachsehen, was diese Fotos außer dem Fisch gemeinsam haben, und so sammeln oder zuschneiden, dass es nicht mehr mit der Klasse einhergeht; bis dahin jeden Wert einer Klasse neben dieser Zahl lesen.',
  'Judge models on a grouped split only: a random one pays for knowing the boat. More boats for the classes that few boats catch would close the leak itself.':
    'Modelle nur auf einer Aufteilung nach Gruppen beurteilen: Eine zufällige belohnt, das Boot zu kennen. Mehr Boote für die Klassen, die wenige Boote fangen, würden das Leck selbst schließen.',
  'With {n} photographs even a fact that always gives the class away would not be found surely: label more before relying on this.':
    'Mit {n} Fotos würde nicht einmal etwas sicher gefunden, das die Klasse immer verrät: mehr labeln, bevor man sich darauf verlässt.',
};
