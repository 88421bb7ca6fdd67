/**
 * What the audit says of splits, findings, groups and the gap, in German, by its English. Numbers are `{n}`, names `{names}`; found again by
 * `host-words.ts`. Verdicts on leaks have a file of their own.
 */
import { germanLeakSentences } from './leak-sentence.de.ts';

/** What photographs of a group share: with an indefinite article in the accusative, as one of several, and in the plural. */
const signals: Readonly<Record<string, readonly [some: string, same: string, many: string]>> = {
  folder: ['einen Ordner', 'gleicher Ordner', 'Ordner'],
  'file name': ['ein Muster im Dateinamen', 'gleiches Muster der Dateinamen', 'Muster der Dateinamen'],
  camera: ['eine Kamera', 'gleiche Kamera', 'Kameras'],
  'pixel size': ['eine Pixelgröße', 'gleiche Pixelgröße', 'Pixelgrößen'],
  'compression tables': ['Kompressionstabellen', 'gleiche Kompressionstabellen', 'Kompressionstabellen'],
  trip: ['eine Fahrt', 'gleiche Fahrt', 'Fahrten'],
  background: ['einen Hintergrund', 'gleicher Hintergrund', 'Hintergründe'],
};

const evidence = Object.entries(signals).flatMap(([english, [some, same, many]]): [string, string][] => [
  [`all have the ${english} {names}`, `bei allen ${same}: {names}`],
  [`one ${english}: {names}`, `auch ${same}: {names}`],
  [`none has a ${english}`, `kein Foto hat ${some}`],
  [
    `near-duplicates tie {n} values of ${english} together: {names}`,
    `Beinahe-Kopien verbinden {n} ${many}: {names}`,
  ],
]);

const figures: Readonly<Record<string, string>> = {
  'of classes right': 'richtige Klassen',
  'mAP@.5': 'mAP@.5',
};

const gaps = Object.entries(figures).flatMap(([english, german]): [string, string][] => [
  [
    `{recipe}: {n} ${english} on boats it never saw, {nRandom} on a random split: no gap to speak of.`,
    `{recipe}: {n} ${german} auf Booten, die es nie sah, {nRandom} bei zufälliger Aufteilung: kein nennenswerter Abstand.`,
  ],
  [
    `{recipe}: on new boats expect {n} ${english}, not {nRandom}.`,
    `{recipe}: Auf neuen Booten sind {n} ${german} zu erwarten, nicht {nRandom}.`,
  ],
  [
    `{recipe}: on new boats expect {n} ${english}, not {nRandom}; but with {nJudged} and {nGrouped} photographs judged, that may be chance.`,
    `{recipe}: Auf neuen Booten sind {n} ${german} zu erwarten, nicht {nRandom}; doch bei {nJudged} und {nGrouped} beurteilten Fotos kann das Zufall sein.`,
  ],
]);

export const germanAuditSentences: Readonly<Record<string, string>> = {
  'Split into train, valid and test': 'In Training, Validierung und Test aufteilen',

  // What follows from a split.
  'Group {names} is only in validation.': 'Die Gruppe {names} ist nur in der Validierung.',
  'Groups {names} are only in validation.': 'Die Gruppen {names} sind nur in der Validierung.',
  'Group {names} is only in test.': 'Die Gruppe {names} ist nur im Test.',
  'Groups {names} are only in test.': 'Die Gruppen {names} sind nur im Test.',
  '1 group ({names}) is on more than one side: figures say nothing about new boats.':
    '1 Gruppe ({names}) ist auf mehr als einer Seite: Die Zahlen sagen nichts über neue Boote.',
  '{n} groups ({names}) are on more than one side: figures say nothing about new boats.':
    '{n} Gruppen ({names}) sind auf mehr als einer Seite: Die Zahlen sagen nichts über neue Boote.',
  '1 chain of near-duplicates is cut: twins of training images are judged.':
    '1 Kette von Beinahe-Kopien ist zerschnitten: Beurteilt werden Zwillinge von Trainingsbildern.',
  '{n} chains of near-duplicates are cut: twins of training images are judged.':
    '{n} Ketten von Beinahe-Kopien sind zerschnitten: Beurteilt werden Zwillinge von Trainingsbildern.',
  'The training side has no box of {names}.': 'Auf der Trainingsseite ist keine Box von {names}.',
  'The validation side has no box of {names}.': 'Auf der Validierungsseite ist keine Box von {names}.',
  'The test side has no box of {names}.': 'Auf der Testseite ist keine Box von {names}.',
  '1 image is on no side.': '1 Bild ist auf keiner Seite.',
  '{n} images are on no side.': '{n} Bilder sind auf keiner Seite.',

  // What was measured of a finding, and where the line was drawn.
  'box within {n} px of the edge of the photograph': 'Box höchstens {n} px vom Rand des Fotos',
  'less than {n} % of the photograph': 'weniger als {n} % des Fotos',
  'more than {n} % of the photograph': 'mehr als {n} % des Fotos',
  'two boxes of one photograph overlap by more than {n} IoU':
    'zwei Boxen eines Fotos überdecken sich um mehr als {n} IoU',
  'more than {n} times as long as wide, and not cut by the edge':
    'mehr als {n}-mal so lang wie breit und nicht vom Rand beschnitten',
  'mean grey below {n} of {nAll}': 'mittleres Grau unter {n} von {nAll}',
  'sharpness below {n} % of the median of its group': 'Schärfe unter {n} % des Medians der Gruppe',
  'the name or folder says that there is nothing, yet there are boxes':
    'Name oder Ordner sagt, dass nichts da ist, und doch gibt es Boxen',
  'a group of ten boxes or more with one class only: the group tells the class':
    'eine Gruppe mit zehn oder mehr Boxen einer einzigen Klasse: Die Gruppe verrät die Klasse',
  'fewer than {n} boxes: {names}': 'weniger als {n} Boxen: {names}',

  // What speaks for a group.
  'Take proposed groups': 'Vorgeschlagene Gruppen nehmen',
  '1 chain of near-duplicates inside': 'darin 1 Kette von Beinahe-Kopien',
  '{n} chains of near-duplicates inside': 'darin {n} Ketten von Beinahe-Kopien',
  'taken {from} to {until}': 'aufgenommen {from} bis {until}',
  'taken {from}': 'aufgenommen am {from}',

  ...Object.fromEntries([...evidence, ...gaps]),
  ...germanLeakSentences,
};
