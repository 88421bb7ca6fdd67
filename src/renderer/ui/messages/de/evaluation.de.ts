/** German: a model's figures. */
export const evaluationDe = {
  'figures.open': 'Zahlen von {name}',
  'figures.title': 'Zahlen',
  'figures.judgedOn': 'Beurteilt an',
  'figures.judge': 'Beurteilen',
  'figures.judgeAgain': 'Neu beurteilen',
  'figures.none': 'An diesen Bildern noch nicht beurteilt.',
  'figures.judging': 'Beurteilt …',
  'figures.stale': 'Labels haben sich seither geändert.',
  'figures.images': { one: '{n} Bild', other: '{n} Bilder' },
  'figures.value': 'Wert',
  'figures.range': '95-%-Bereich',
  'figures.byGroups': 'Bereiche: {rounds} Ziehungen über {n} Gruppen von Bildern.',
  'figures.byFewGroups':
    'Bereiche: {rounds} Ziehungen über {n} Gruppen von Bildern. Das sind wenige: nur als grob nehmen.',
  'figures.byImages':
    'Bereiche: {rounds} Ziehungen über {n} einzelne Bilder, da nicht alle eine Gruppe haben. Gleichen sich Fotos eines Boots, sind die wahren Bereiche breiter.',
  'figures.oneGroup':
    'Alle Bilder sind aus einer Gruppe, über andere lässt sich nichts sagen: Es gibt keine Bereiche.',
  'figures.boxClassAcc': 'Klasse der Boxen',
  'figures.unseen': 'Auf Fotos, die dem Modell neu sind',
  'figures.unseenText': {
    one: '{n} Foto. Ausgelassen: {seen}, von denen oder von deren Beinahe-Kopien es gelernt hat.',
    other: '{n} Fotos. Ausgelassen: {seen}, von denen oder von deren Beinahe-Kopien es gelernt hat.',
  },
  'figures.flattery': 'Auf allen höher um',
  'figures.beside': 'Neben Raten ohne Hinsehen',
  'figures.ofImages':
    'Anteil von {n} Bildern unter der richtigen Klasse; Raten gelernt aus {learntOn} Bildern.',
  'figures.ofBoxes':
    'Anteil von {n} getroffenen Boxen mit der richtigen Klasse; Raten gelernt aus {learntOn} Boxen.',
  'figures.model': 'Das Modell',
  'figures.rival.pixel-size': 'Nur die Pixelgröße',
  'figures.rival.majority': 'Häufigste Klasse',
  'figures.gain': 'Modell besser um',
  'figures.classes': 'Jede Klasse',
  'figures.cut': 'Präzision und Trefferquote bei Score {score} und IoU {iou}.',
  'figures.hand': 'Handboxen',
  'figures.ap50': 'AP@.5',
  'figures.precision': 'Präzision',
  'figures.recall': 'Trefferquote',
  'figures.imageClasses': 'Ganze Bilder',
  'figures.imagesColumn': 'Bilder',
  'figures.ap': 'AP',
  'figures.calibration': 'Wie weit Scores zu glauben ist',
  'figures.calibrationOf.detections': 'Vorschläge',
  'figures.calibrationOf.images': 'Bildklassen',
  'figures.calibrationText':
    '{what}: Score (waagerecht) gegen Anteil richtig (senkrecht). Im Mittel um {error} daneben.',
  'figures.bin': 'Scores {from} bis {to}: {n}, {share} richtig',
} as const;
