/**
 * What an import or export reports, in German, by its English with values in braces; `{n}` and `{nImages}` stand for numbers.
 * `test/contract/transfer-words.test.ts` looks for what the codecs say here.
 */
import { germanTransferReasons } from './transfer-reason.de.ts';

/** Why something was left out or changed. */
const whys: Readonly<Record<string, string>> = {
  'it has no id': 'es hat keine Nummer',
  'its id {id} is already taken by another image': 'seine Nummer {id} hat schon ein anderes Bild',
  'the image is listed more than once; its boxes were joined':
    'das Bild ist mehrfach aufgeführt; seine Boxen wurden zusammengelegt',
  'it has no file name': 'es hat keinen Dateinamen',
  'it names no image that the file lists': 'sie nennt kein Bild, das die Datei aufführt',
  'panoptic segments are not read as boxes': 'panoptische Segmente werden nicht als Boxen gelesen',
  'it has no box': 'es hat keine Box',
  'it marks a crowd, not one animal': 'sie bezeichnet eine Menge, kein einzelnes Tier',
  'it has no class': 'es hat keine Klasse',
  'its id stands for several images': 'seine Nummer steht für mehrere Bilder',
  'the project has no such image': 'das Projekt hat kein solches Bild',
  'the project has no such image, and no data set beside the results explains its id':
    'das Projekt hat kein solches Bild, und kein Datensatz neben den Ergebnissen erklärt die Nummer',
  'the labels are for a picture of {given} px, the photograph has {own} px':
    'die Labels gelten für ein Bild von {given} px, das Foto hat {own} px',
  'it names no image': 'es nennt kein Bild',
  'its score is below {n}': 'sein Wert liegt unter {n}',
  'its box does not have four numbers': 'seine Box hat nicht vier Zahlen',
  'it has no label': 'es hat kein Label',
  'it is a skeleton, which has no box': 'es ist ein Skelett und hat keine Box',
  'it is a set of points, which has no box': 'es ist eine Menge von Punkten und hat keine Box',
  'it is a line, which has no box': 'es ist eine Linie und hat keine Box',
  'it is a {kind}, which has no box': 'es ist ein „{kind}“ und hat keine Box',
  'it has fewer than two points': 'es hat weniger als zwei Punkte',
  'its image cannot be read': 'sein Bild lässt sich nicht lesen',
  'its class is not in the project': 'seine Klasse ist nicht im Projekt',
  'the size of the image is not known': 'die Größe des Bildes ist nicht bekannt',
  'nobody has looked at them yet; without a box they would count as empty':
    'noch niemand hat sie angesehen; ohne Box würden sie als leer gelten',
  'nobody has looked at them yet; without a shape they would count as empty':
    'noch niemand hat sie angesehen; ohne Form würden sie als leer gelten',
  'nobody has looked at them yet; without a label they would count as empty':
    'noch niemand hat sie angesehen; ohne Label würden sie als leer gelten',
  'nobody has looked at them yet; they were left out, as asked':
    'noch niemand hat sie angesehen; wie gewünscht weggelassen',
  'several images of the project end in “{name}”, so which is meant is not known':
    'mehrere Bilder des Projekts enden auf „{name}“; welches gemeint ist, ist nicht bekannt',
  'more than one entry could mean the image “{name}”, so neither was taken':
    'mehr als ein Eintrag könnte das Bild „{name}“ meinen, deshalb wurde keiner genommen',
  'the image “{name}” is named more exactly by “{other}”': '„{other}“ nennt das Bild „{name}“ genauer',
  'a coordinate is not a number': 'eine Koordinate ist keine Zahl',
  'the box has no area': 'die Box hat keine Fläche',
  'the size of its image is not known': 'die Größe seines Bildes ist nicht bekannt',
  'the box lies outside the image': 'die Box liegt außerhalb des Bildes',
  'another of the sources speaks of them, too; what both say was joined':
    'auch eine andere der Quellen spricht von ihnen; was beide sagen, wurde zusammengelegt',
  'another of the sources has the same box': 'eine andere der Quellen hat dieselbe Box',
  'it has neither probabilities of a model nor labels':
    'es hat weder Wahrscheinlichkeiten eines Modells noch Labels',
  'the sample submission has no row for them': 'das Muster hat keine Zeile für sie',
  'they are not in the split “{split}”': 'sie sind nicht in der Teilung „{split}“',
  'its picture was turned in Label Studio, whose export then does not tell where it lies':
    'sein Bild wurde in Label Studio gedreht, dessen Export dann nicht sagt, wo sie liegt',
  'it is turned, and the size of its picture is not known':
    'sie ist gedreht, und die Größe ihres Bildes ist nicht bekannt',
  'it is a region of type “{type}”, which has no box':
    'es ist ein Bereich der Art „{type}“ und hat keine Box',
  'it is not a shape': 'es ist keine Form',
  'its circle has no edge': 'sein Kreis hat keinen Rand',
  'its outline has fewer than three points': 'sein Umriss hat weniger als drei Punkte',
  'its outline has fewer than two points': 'sein Umriss hat weniger als zwei Punkte',
  'it has fewer than two corners': 'es hat weniger als zwei Ecken',
  'it has no points': 'es hat keine Punkte',
  'it has no box of four numbers': 'es hat keine Box aus vier Zahlen',
  'boxes of NoF mark no fish; the image is empty': 'Boxen von NoF bezeichnen keinen Fisch; das Bild ist leer',
  'it is not a rectangle but “{kind}”': 'es ist kein Rechteck, sondern „{kind}“',
  'it holds head and tail points, no rectangle': 'es enthält Kopf- und Schwanzpunkte, kein Rechteck',
  'it has {n} columns, not nine': 'sie hat {n} Spalten, nicht neun',
  'it gives a frame but no image name': 'sie nennt ein Einzelbild, aber keinen Bildnamen',
  'it has no tag': 'es hat kein Schlagwort',
  '{file} does not name their folder': '{file} nennt ihren Ordner nicht',
  'the data set does not name their folder': 'der Datensatz nennt ihren Ordner nicht',
  'the line has fewer than five numbers': 'die Zeile hat weniger als fünf Zahlen',
  'the line holds something that is not a finite number':
    'in der Zeile steht etwas, das keine endliche Zahl ist',
  'its class is not a whole number from 0': 'seine Klasse ist keine ganze Zahl ab 0',
  'it lies outside the image': 'sie liegt außerhalb des Bildes',
  'it is too small to be written': 'sie ist zu klein, um geschrieben zu werden',
  'the project has the same boxes already': 'das Projekt hat dieselben Boxen schon',
  'their class “{name}” is left out, as asked': 'ihre Klasse „{name}“ bleibt wie gewünscht weg',
};

/** What was left out. */
const whats: Readonly<Record<string, string>> = {
  '{n} images': '{n} Bilder',
  '{n} boxes': '{n} Boxen',
  '{n} image': '{n} Bild',
  '{n} box': '{n} Box',
  '{n} more': '{n} weitere',
  'box {id} of {image}': 'Box {id} in {image}',
  'box {id}': 'Box {id}',
  'image {id}': 'Bild {id}',
  '{file} annotation {n}': '{file}, Annotation {n}',
  '{file} result {n}': '{file}, Ergebnis {n}',
  '{file} line {n}': '{file}, Zeile {n}',
  '{file} row {n}': '{file}, Zeile {n}',
  '{n} label files, the first “{file}”': '{n} Label-Dateien, die erste „{file}“',
};

const notes: Readonly<Record<string, string>> = {
  'The labels of the data set were read as {format}.':
    'Die Labels des Datensatzes wurden als {format} gelesen.',
  'Put your Kaggle name for {name} into `{file}` before you upload.':
    'Vor dem Hochladen den eigenen Kaggle-Namen statt {name} in `{file}` eintragen.',
  'A class without an id was left out of the list of classes.':
    'Eine Klasse ohne Nummer wurde in der Liste der Klassen weggelassen.',
  'Class id {id} is listed twice; its first name was kept.':
    'Die Klassennummer {id} ist zweimal aufgeführt; der erste Name blieb.',
  '{n} boxes have key points other than head and tail; these were not kept.':
    '{n} Boxen haben andere Punkte als Kopf und Schwanz; diese wurden nicht behalten.',
  '{n} boxes have key points, which were not kept.':
    '{n} Boxen haben Schlüsselpunkte; sie wurden nicht behalten.',
  '{n} key points other than head and tail were not kept.':
    '{n} andere Punkte als Kopf und Schwanz wurden nicht behalten.',
  '{n} images have their boxes on the pixels as stored; they were turned upright.':
    '{n} Bilder haben ihre Boxen auf den gespeicherten Pixeln; sie wurden aufgerichtet.',
  '{n} images were labelled at another size; their boxes were scaled.':
    '{n} Bilder wurden in anderer Größe gelabelt; ihre Boxen wurden umgerechnet.',
  '{n} images were found by name in another folder than the labels say.':
    '{n} Bilder fanden sich unter ihrem Namen in einem anderen Ordner, als die Labels sagen.',
  '“{file}” is not a COCO file and was left aside.': '„{file}“ ist keine COCO-Datei und blieb beiseite.',
  '“{file}” is not a file of CVAT and was left aside.':
    '„{file}“ ist keine Datei von CVAT und blieb beiseite.',
  '“{file}” is no {what} and was left aside.': '„{file}“ ist keine Datei dieses Formats und blieb beiseite.',
  '“{file}” is not a list of images with file names and was left aside.':
    '„{file}“ ist keine Liste von Bildern mit Dateinamen und blieb beiseite.',
  "“{file}” has no row of VIAME's nine columns and was left aside.":
    '„{file}“ hat keine Zeile mit VIAMEs neun Spalten und blieb beiseite.',
  '“{file}” does not describe an image in the way of VOC and was left aside.':
    '„{file}“ beschreibt kein Bild, wie VOC es tut, und blieb beiseite.',
  '“{file}” speaks of the same images as “{other}” and was left aside.':
    '„{file}“ spricht von denselben Bildern wie „{other}“ und blieb beiseite.',
  '“{file}” was left aside: “{other}” already describes the data set.':
    '„{file}“ blieb beiseite: „{other}“ beschreibt den Datensatz schon.',
  '“{file}” was left aside: {why}': '„{file}“ blieb beiseite: {why}',
  '“{file}” holds no labels of a known format and was left aside.':
    '„{file}“ enthält keine Labels eines bekannten Formats und blieb beiseite.',
  '“{file}” holds {n} results of a model and was left aside, since there are labels beside it.':
    '„{file}“ enthält {n} Ergebnisse eines Modells und blieb beiseite, da Labels daneben liegen.',
  '“{file}” names “{part}” for {split}, which is not there.':
    '„{file}“ nennt „{part}“ für {split}; das gibt es nicht.',
  'The studio has no place for what the file says beside its boxes: {names}. It was not kept.':
    'Das Studio hat keinen Platz für das, was die Datei neben ihren Boxen sagt: {names}. Es wurde nicht behalten.',
  '{n} boxes have a class id without a name; the id became the name.':
    '{n} Boxen haben eine Klassennummer ohne Namen; die Nummer wurde zum Namen.',
  '{n} values are nested too deep to be kept; their boxes were.':
    '{n} Werte sind zu tief verschachtelt und wurden nicht behalten; ihre Boxen schon.',
  'No coordinate is above 1, so they were taken as fractions of the image.':
    'Keine Koordinate ist größer als 1; sie wurden als Bruchteile des Bildes gelesen.',
  '{n} tags of whole images were not kept.': '{n} Schlagwörter ganzer Bilder wurden nicht behalten.',
  '{n} boxes were made by a model in CVAT; all count as imported here.':
    '{n} Boxen stammen in CVAT von einem Modell; hier gelten alle als importiert.',
  '{n} boxes lay above others in CVAT (z_order); their order was not kept.':
    '{n} Boxen lagen in CVAT über anderen (z_order); ihre Reihenfolge wurde nicht behalten.',
  '{n} turned boxes were widened to upright ones.': '{n} gedrehte Boxen wurden zu aufrechten erweitert.',
  '{n} outlines were reduced to their boxes.': 'Von {n} Umrissen blieben die Boxen.',
  '{n} outlines were not kept; their boxes were.': '{n} Umrisse wurden nicht behalten; ihre Boxen schon.',
  '{n} remarks of an unknown kind were not kept.': '{n} Bemerkungen unbekannter Art wurden nicht behalten.',
  'There are no labels; states, splits and groups are those of the manifest.':
    'Es gibt keine Labels; Zustände, Aufteilung und Gruppen sind die des Manifests.',
  'What the file says of the film as a whole was not kept: {text}.':
    'Was die Datei vom ganzen Film sagt, wurde nicht behalten: {text}.',
  '{n} images that nobody has looked at are listed without boxes; the manifest tells them from empty ones.':
    '{n} Bilder, die niemand angesehen hat, stehen ohne Boxen in der Liste; das Manifest unterscheidet sie von leeren.',
  '{n} boxes repeat another box of the same class exactly. They were kept.':
    '{n} Boxen gleichen einer anderen derselben Klasse genau. Sie wurden behalten.',
  '{n} boxes repeat another of their image and class exactly; Ultralytics keeps one of each.':
    '{n} Boxen gleichen einer anderen ihres Bildes und ihrer Klasse genau; Ultralytics behält je eine.',
  'No model was given, so the probabilities are those of the labels.':
    'Kein Modell war gewählt; die Wahrscheinlichkeiten sind die der Labels.',
  'Boxes have no place in this table; only probabilities of whole images were written.':
    'Boxen haben in dieser Tabelle keinen Platz; nur Wahrscheinlichkeiten ganzer Bilder wurden geschrieben.',
  '{n} annotations of tasks that were annotated again later were left aside.':
    '{n} Annotationen von Aufgaben, die später neu annotiert wurden, blieben beiseite.',
  '{n} tasks have predictions beside annotations; these were left aside.':
    '{n} Aufgaben haben Vorhersagen neben Annotationen; sie blieben beiseite.',
  '{n} images have flags as a whole, which were not kept.':
    '{n} Bilder haben Kennzeichen als Ganzes; sie wurden nicht behalten.',
  'Photographs belong beside their JSON files; labelme opens them from there.':
    'Fotos gehören neben ihre JSON-Dateien; labelme öffnet sie von dort.',
  '{n} images are of a class but have no box; their state was left as it is.':
    '{n} Bilder sind von einer Klasse, haben aber keine Box; ihr Zustand blieb, wie er ist.',
  '{n} boxes were drawn around head and tail points, with a margin of 15 % of their distance.':
    '{n} Boxen wurden um Kopf- und Schwanzpunkt gezogen, mit einem Rand von 15 % ihres Abstands.',
  '{n} images have no box and so no row; the manifest lists them.':
    '{n} Bilder haben keine Box und deshalb keine Zeile; das Manifest führt sie auf.',
  '{n} notes hold a comma, which VIAME cuts them at: it was written as a semicolon.':
    '{n} Notizen enthalten ein Komma, an dem VIAME sie abschneidet: Es wurde als Semikolon geschrieben.',
  'Corners at 0 or between pixels were found, so coordinates were taken as edges from 0.':
    'Ecken bei 0 oder zwischen Pixeln wurden gefunden; die Koordinaten gelten als Kanten ab 0.',
  'Pixels were taken as counted from 1, as the VOC specification has it. If boxes seem one pixel off, import with origin=zero-based.':
    'Pixel gelten als ab 1 gezählt, wie die VOC-Spezifikation es vorsieht. Scheinen Boxen um ein Pixel verschoben, mit origin=zero-based importieren.',
  'Boxes are whole pixels counted from 1, both ends included (VOC specification).':
    'Boxen sind ganze Pixel, ab 1 gezählt, beide Enden eingeschlossen (VOC-Spezifikation).',
  'Boxes are edges counted from 0 with decimals (as labelImg and CVAT write), not whole pixels from 1.':
    'Boxen sind Kanten ab 0 mit Nachkommastellen (wie labelImg und CVAT schreiben), nicht ganze Pixel ab 1.',
  'A class is listed under “{key}”, which is no number; it was left out.':
    'Eine Klasse steht unter „{key}“, was keine Zahl ist; sie wurde weggelassen.',
  '{n} text files hold no labels and were left aside, the first “{file}”.':
    '{n} Textdateien enthalten keine Labels und blieben beiseite, die erste „{file}“.',
  'No list of class names was found; classes are named by their number.':
    'Keine Liste der Klassennamen wurde gefunden; Klassen heißen nach ihrer Nummer.',
  '{n} boxes have class number {nClass}, which the list of names does not hold; it became “class {nName}”.':
    '{n} Boxen haben die Klassennummer {nClass}, die in der Liste der Namen fehlt; daraus wurde „class {nName}“.',
  '{n} photographs of the data set are not in the project.':
    '{n} Fotos des Datensatzes sind nicht im Projekt.',
  'A class of the earlier export is gone, so class numbers were counted anew: do not mix with its files.':
    'Eine Klasse des früheren Exports gibt es nicht mehr; die Klassennummern wurden neu gezählt: nicht mit dessen Dateien mischen.',
  'Images under 10 px on a side are refused by Ultralytics.':
    'Bilder unter 10 px Seitenlänge lehnt Ultralytics ab.',
  '{n} images belong to no split and were written to train.':
    '{n} Bilder gehören zu keiner Teilung und wurden nach train geschrieben.',
  'No image is marked for validation, so `val` points at the training images: mark some, or divide them yourself.':
    'Kein Bild ist für die Validierung bestimmt; `val` zeigt auf die Trainingsbilder: einige bestimmen oder selbst teilen.',
  'No image is marked for validation, so `obj.data` names no list of them: mark some first.':
    'Kein Bild ist für die Validierung bestimmt; `obj.data` nennt keine Liste davon: zuerst einige bestimmen.',
  'Darknet and CVAT know train and valid only: they pass over `test.txt` and `{folder}`.':
    'Darknet und CVAT kennen nur train und valid: Sie übergehen `test.txt` und `{folder}`.',
  'The class names {names} differ only in case or blanks and were taken as one: “{name}”.':
    'Die Klassennamen {names} unterscheiden sich nur in Großschreibung oder Leerzeichen und gelten als einer: „{name}“.',
  'A class name was cut to {n} characters: “{name}”.':
    'Ein Klassenname wurde auf {n} Zeichen gekürzt: „{name}“.',
  'Only {n} validation images have both labels and probabilities of a model, too few to tune the cut on; {nCut} was taken.':
    'Nur {n} Validierungsbilder haben Labels und Wahrscheinlichkeiten eines Modells, zu wenige, um die Grenze abzustimmen; genommen wurde {nCut}.',
  'Probabilities are cut to {nCut}, which gives the lowest log loss on {n} validation images: {nBest}, against {nPlain} without a cut.':
    'Wahrscheinlichkeiten werden auf {nCut} begrenzt; das ergibt den kleinsten Log-Verlust auf {n} Validierungsbildern: {nBest} gegenüber {nPlain} ohne Grenze.',
  'The validation images have no groups, so some may be near copies of training images: the cut may be too high for photographs of other boats.':
    'Die Validierungsbilder haben keine Gruppen; einige könnten fast Kopien von Trainingsbildern sein: Für Fotos anderer Boote ist die Grenze vielleicht zu hoch.',
  '{n} of the {nGroups} groups of the validation images are in training, too: the cut may be too high for other groups. A grouped split mends that.':
    '{n} der {nGroups} Gruppen der Validierungsbilder sind auch im Training: Für andere Gruppen ist die Grenze vielleicht zu hoch. Eine Teilung nach Gruppen behebt das.',
  'The validation images are of {n} groups, none of which is in training.':
    'Die Validierungsbilder sind aus {n} Gruppen, von denen keine im Training ist.',
  '{n} images are empty in the source but have boxes here; those boxes were kept.':
    '{n} Bilder sind in der Quelle leer, haben aber hier Boxen; diese wurden behalten.',
  '{n} images would have come into or out of the test images, which have been judged already; they stay where they are.':
    '{n} Bilder wären in die Testbilder oder aus ihnen heraus gekommen, die schon beurteilt sind; sie bleiben, wo sie sind.',
  '{n} boxes would make way for those of the source; undo brings them back.':
    '{n} Boxen würden denen der Quelle weichen; Rückgängig bringt sie zurück.',
  '{n} box would make way for those of the source; undo brings them back.':
    '{n} Box würde denen der Quelle weichen; Rückgängig bringt sie zurück.',
  '{n} boxes made way for those of the source; undo brings them back.':
    '{n} Boxen sind denen der Quelle gewichen; Rückgängig bringt sie zurück.',
  '{n} box made way for those of the source; undo brings them back.':
    '{n} Box ist denen der Quelle gewichen; Rückgängig bringt sie zurück.',
};

/** Titles, heads and cells of tables. */
const tables: Readonly<Record<string, string>> = {
  'What the format could not say': 'Was das Format nicht sagen konnte',
  what: 'was',
  'of how many': 'von wie vielen',
  'Head and tail points': 'Kopf- und Schwanzpunkte',
  Attributes: 'Attribute',
  Scores: 'Werte',
  'Which model a box came from': 'Von welchem Modell eine Box stammt',
  'Which box lies above which': 'Welche Box über welcher liegt',
  Locks: 'Sperren',
  Notes: 'Notizen',
  Flags: 'Kennzeichen',
  'Scales (millimetres a pixel)': 'Maßstäbe (Millimeter je Pixel)',
  'The cut, tuned on the validation images': 'Die Grenze, abgestimmt auf den Validierungsbildern',
  'highest probability': 'höchste Wahrscheinlichkeit',
  'log loss': 'Log-Verlust',
  chosen: 'gewählt',
  'lesson 7': 'Lektion 7',
  'Check against the sample submission': 'Vergleich mit dem Muster',
  found: 'gefunden',
  Header: 'Kopfzeile',
  '{n} classes, as in the sample': '{n} Klassen, wie im Muster',
  'as in the sample; {names} is no class of the project and got the least probability':
    'wie im Muster; {names} ist keine Klasse des Projekts und bekam die kleinste Wahrscheinlichkeit',
  'as in the sample; {names} are no class of the project and got the least probability':
    'wie im Muster; {names} sind keine Klassen des Projekts und bekamen die kleinste Wahrscheinlichkeit',
  right: 'richtig',
  look: 'ansehen',
  wrong: 'falsch',
  'Classes without a column': 'Klassen ohne Spalte',
  '{names}: their probability is not in the table':
    '{names}: Ihre Wahrscheinlichkeit steht nicht in der Tabelle',
  Rows: 'Zeilen',
  '{n} of {nAll}': '{n} von {nAll}',
  'Images known': 'Bekannte Bilder',
  all: 'alle',
  '{n}; {nRows} rows got the same probability for every class':
    '{n}; {nRows} Zeilen bekamen für jede Klasse dieselbe Wahrscheinlichkeit',
  Order: 'Reihenfolge',
  'that of the sample': 'die des Musters',
  'not that of the sample: {names}': 'nicht die des Musters: {names}',
  'another from row {n} on': 'eine andere ab Zeile {n}',
  '{n} rows do not hold a probability for every class':
    '{n} Zeilen haben nicht für jede Klasse eine Wahrscheinlichkeit',
  'Range for log loss': 'Bereich für den Log-Verlust',
  'the contest cuts it to 1e-15': 'der Wettbewerb begrenzt auf 1e-15',
};

export const germanTransferSentences: Readonly<Record<string, string>> = {
  ...whys,
  ...whats,
  ...notes,
  ...tables,
  ...germanTransferReasons,
};
