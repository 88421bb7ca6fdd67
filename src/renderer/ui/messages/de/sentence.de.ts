/**
 * Sentences of the host in German, by their English with values in braces; `{n}` and `{nImages}` stand for numbers. The host writes them
 * where it knows the values; the window finds them again. `test/contract/host-words.test.ts` makes each warning of a plan and looks for it here.
 */
export const germanSentences: Readonly<Record<string, string>> = {
  // Before a training.
  'Only {n} images to learn from. Suggestions will be rough.':
    'Nur {n} Bilder zum Lernen. Die Vorschläge werden grob.',
  'Only 1 images to learn from. Suggestions will be rough.':
    'Nur 1 Bild zum Lernen. Die Vorschläge werden grob.',
  'Label more images; even 20 help much. Images without fish count too: mark them empty.':
    'Mehr Bilder labeln; schon 20 helfen viel. Auch Bilder ohne Fisch zählen: als leer kennzeichnen.',
  'No labelled image is left to judge the model on, so no score can be given.':
    'Kein gelabeltes Bild bleibt, um das Modell zu beurteilen; also gibt es keinen Wert.',
  'Label images of at least two groups (cameras, boats), or mark some for validation.':
    'Bilder aus mindestens zwei Gruppen (Kameras, Booten) labeln, oder einige für die Validierung bestimmen.',
  'Only {n} images judge the model: its score will be uncertain.':
    'Nur {n} Bilder beurteilen das Modell: Sein Wert wird unsicher.',
  'Only 1 images judge the model: its score will be uncertain.':
    'Nur 1 Bild beurteilt das Modell: Sein Wert wird unsicher.',
  'Label a few more images of other groups.': 'Noch einige Bilder anderer Gruppen labeln.',
  'All labelled images come from one group (camera, boat). The model may learn that group rather than the fish.':
    'Alle gelabelten Bilder kommen aus einer Gruppe (Kamera, Boot). Das Modell lernt vielleicht diese Gruppe statt des Fischs.',
  'Label images of other groups too.': 'Auch Bilder anderer Gruppen labeln.',
  'Images of one group are on both sides of the division, so the score will look better than it is.':
    'Bilder einer Gruppe liegen auf beiden Seiten der Teilung; der Wert wird besser aussehen, als er ist.',
  'Divide by groups for an honest score.': 'Für einen ehrlichen Wert nach Gruppen teilen.',
  '{n} labelled images cannot be read and are left out.':
    '{n} gelabelte Bilder lassen sich nicht lesen und bleiben weg.',
  '1 labelled images cannot be read and are left out.':
    '1 gelabeltes Bild lässt sich nicht lesen und bleibt weg.',
  'Filter the image list by problems to see them.':
    'Die Bilderliste nach Problemen filtern, um sie zu sehen.',
  '{n} suggestions on {nImages} labelled images without an answer: such places teach nothing, neither fish nor background.':
    '{n} Vorschläge auf {nImages} gelabelten Bildern ohne Antwort: Solche Stellen lehren nichts, weder Fisch noch Hintergrund.',
  '{n} suggestions on {nImages} labelled image without an answer: such places teach nothing, neither fish nor background.':
    '{n} Vorschläge auf {nImages} gelabelten Bild ohne Antwort: Solche Stellen lehren nichts, weder Fisch noch Hintergrund.',
  '{n} suggestion on {nImages} labelled image without an answer: such places teach nothing, neither fish nor background.':
    '{n} Vorschlag auf {nImages} gelabelten Bild ohne Antwort: Solche Stellen lehren nichts, weder Fisch noch Hintergrund.',
  'Answer them in Review, or mark a finished image as reviewed (Q): then what is left there counts as background.':
    'Sie unter Prüfen beantworten, oder ein fertiges Bild als geprüft kennzeichnen (Q): Dann zählt, was dort übrig ist, als Hintergrund.',
  'No training box of: {classes}. The model cannot learn these.':
    'Keine Box zum Training von: {classes}. Das Modell kann sie nicht lernen.',
  'Label some, or delete the class when it is not needed.':
    'Einige labeln, oder die Klasse löschen, wenn sie nicht gebraucht wird.',
  'Fewer than {n} training boxes of: {classes}.': 'Weniger als {n} Boxen zum Training von: {classes}.',
  'Label more of these; the image list filters by class.':
    'Mehr davon labeln; die Bilderliste filtert nach Klasse.',
  'No validation box of: {classes}. The score says nothing about these.':
    'Keine Box zur Validierung von: {classes}. Der Wert sagt nichts über sie.',
  'Label some in another group.': 'Einige in einer anderen Gruppe labeln.',
  'Choose another backbone, or the detector, which leaves the backbone as it is.':
    'Ein anderes Grundnetz wählen, oder den Detektor, der das Grundnetz lässt, wie es ist.',
  'This training will not start: {reason}': 'Dieses Training wird nicht beginnen: {reason}',
  'Only {n} boxes: the moved blocks will learn them by heart rather than the fish.':
    'Nur {n} Boxen: Die bewegten Blöcke lernen sie auswendig statt den Fisch.',
  'Take the detector until there are {n} or more, then compare the two.':
    'Den Detektor nehmen, bis es {n} oder mehr sind, dann beide vergleichen.',
  'The blocks would be trained on “{backend}”. It is many times slower than native TensorFlow, and nobody should wait for it.':
    'Die Blöcke würden mit „{backend}“ trainiert. Das ist um ein Vielfaches langsamer als natives TensorFlow, und niemand sollte darauf warten.',
  'The blocks would be trained on “{backend}”. It would take about {n} hours, and nobody should wait for it.':
    'Die Blöcke würden mit „{backend}“ trainiert. Es würde etwa {n} Stunden dauern, und niemand sollte darauf warten.',
  'The blocks would be trained on “{backend}”. It would take about {n} minutes, and nobody should wait for it.':
    'Die Blöcke würden mit „{backend}“ trainiert. Es würde etwa {n} Minuten dauern, und niemand sollte darauf warten.',
  'Install the native engine first (engine install), or take the detector.':
    'Erst die native Engine installieren (engine install), oder den Detektor nehmen.',
  '{n} of the {nJudges} images that would judge are such that a model it asks may have learnt from, so they teach instead.':
    '{n} der {nJudges} Bilder, die urteilen würden, hat ein gefragtes Modell vielleicht gelernt; sie lehren statt dessen.',
  'Train that model again on the labels of today with the same seed, then this one: both are judged on the same images.':
    'Erst jenes Modell mit den Labeln von heute und demselben Startwert neu trainieren, dann dieses: Beide werden an denselben Bildern beurteilt.',

  // What runs in the strip below.
  'Read the photographs of {name}': 'Die Fotos von {name} lesen',
  'Draw the sample project': 'Beispielprojekt zeichnen',
  'Look for new and changed photographs': 'Nach neuen und geänderten Fotos sehen',
  'Find the photographs in their new place': 'Die Fotos an ihrem neuen Ort finden',
  'Measure what augmentation brings': 'Messen, was Augmentierung bringt',
  'Measure what photographs without labels bring': 'Messen, was Fotos ohne Label bringen',
  'Measure what the ensemble brings': 'Messen, was das Ensemble bringt',
  'Audit the data': 'Daten prüfen',
  'Install native TensorFlow': 'Natives TensorFlow installieren',
  'Compute features': 'Merkmale berechnen',
  'Add the backbone {name}': 'Grundnetz {name} hinzufügen',
  'Train {recipe}': '{recipe} trainieren',
  'Suggest with {model}': 'Mit {model} vorschlagen',
  'Evaluate {model} on all labelled images': '{model} an allen gelabelten Bildern beurteilen',
  'Evaluate {model} on train': '{model} an Trainingsbildern beurteilen',
  'Evaluate {model} on valid': '{model} an Validierungsbildern beurteilen',
  'Evaluate {model} on test': '{model} an Testbildern beurteilen',
  'Compare splits with {recipe}': 'Teilungen mit {recipe} vergleichen',
  'Keep learning: {name}': 'Weiterlernen: {name}',
  'Try out the import of {name}': 'Import von {name} ausprobieren',
  'Import labels from {name}': 'Label aus {name} importieren',
  'Export as {name}': 'Als {name} exportieren',
  'Export {model} to {file}': '{model} nach {file} exportieren',
  'Write predictions to {name}': 'Vorhersagen nach {name} schreiben',
  'Native TensorFlow {version} is installed': 'Natives TensorFlow {version} ist installiert',
  '{n} computed, {reused} there already': '{n} berechnet, {reused} schon da',

  // Phases of a job, and what they count.
  'Drawing the sample': 'Beispiel wird gezeichnet',
  'Looking for photographs': 'Fotos werden gesucht',
  'Reading photographs': 'Fotos werden gelesen',
  'Putting photographs on their sides': 'Fotos werden auf die Seiten verteilt',
  'Looking for leaks': 'Lecks werden gesucht',
  'Comparing photographs': 'Fotos werden verglichen',
  'Looking at backgrounds': 'Hintergründe werden angesehen',
  'Random split, training {n} of {nAll}': 'Zufällige Teilung, Training {n} von {nAll}',
  'Grouped split, training {n} of {nAll}': 'Teilung nach Gruppen, Training {n} von {nAll}',
  images: 'Bilder',
  files: 'Dateien',
  steps: 'Schritte',
  runs: 'Läufe',

  // How a job ended; what stands between commas is looked for by itself.
  '{n} image': '{n} Bild',
  '{n} images': '{n} Bilder',
  '{n} new': '{n} neu',
  '{n} changed': '{n} geändert',
  '{n} moved': '{n} verschoben',
  '{n} missing': '{n} fehlen',
  '{n} unusable': '{n} unbrauchbar',
  '{n} folder or file not readable': '{n} Ordner oder Datei nicht lesbar',
  '{n} folders or files not readable': '{n} Ordner oder Dateien nicht lesbar',
  '{n} box to begin with': '{n} Box für den Anfang',
  '{n} boxes to begin with': '{n} Boxen für den Anfang',
  '{n} computed': '{n} berechnet',
  '{n} there already': '{n} schon da',
  '{n} failed': '{n} misslungen',
  '{n} group': '{n} Gruppe',
  '{n} groups': '{n} Gruppen',
  '{n} chain': '{n} Kette',
  '{n} chains': '{n} Ketten',
  'a leak found': 'ein Leck gefunden',
  'no leak found': 'kein Leck gefunden',
  'too few labels for the leak test': 'zu wenige Label für die Suche nach Lecks',
  '{n} kind of finding': '{n} Art von Funden',
  '{n} kinds of findings': '{n} Arten von Funden',
  'mAP@.5 {n}': 'mAP@.5 {n}',
  '{n} % of classes right': '{n} % der Klassen richtig',
  '{model}: trained in {nSeconds} s': '{model}: trainiert in {nSeconds} s',
  '{model}: made in {nSeconds} s': '{model}: gemacht in {nSeconds} s',
  '{n} suggestion to look at': '{n} Vorschlag anzusehen',
  '{n} suggestions to look at': '{n} Vorschläge anzusehen',
  'on {n} image': 'auf {n} Bild',
  'on {n} images': 'auf {n} Bildern',
  'Class probabilities of {n} image, for a submission; this recipe suggests no boxes':
    'Klassenwahrscheinlichkeiten von {n} Bild, für eine Einreichung; dieses Rezept schlägt keine Boxen vor',
  'Class probabilities of {n} images, for a submission; this recipe suggests no boxes':
    'Klassenwahrscheinlichkeiten von {n} Bildern, für eine Einreichung; dieses Rezept schlägt keine Boxen vor',
  'No figure could be told': 'Es ließ sich kein Wert sagen',
  '{figure} +{n} ({low} to {high})': '{figure} +{n} ({low} bis {high})',
  '{figure} -{n} ({low} to {high})': '{figure} -{n} ({low} bis {high})',
  '{figure} +{n}': '{figure} +{n}',
  '{figure} -{n}': '{figure} -{n}',
};
