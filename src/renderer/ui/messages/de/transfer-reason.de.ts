/** Why an import takes files for one format and not for another, in German, by its English with values in braces. */
export const germanTransferReasons: Readonly<Record<string, string>> = {
  'it was named': 'so angegeben',
  '“{file}” has images, annotations and categories': '„{file}“ hat Bilder, Annotationen und Kategorien',
  '“{file}” lists images with annotations or categories':
    '„{file}“ führt Bilder mit Annotationen oder Kategorien auf',
  '“{file}” is a list of results': '„{file}“ ist eine Liste von Ergebnissen',
  '“{file}” has columns for an image and a box': '„{file}“ hat Spalten für ein Bild und eine Box',
  '“{file}” has the images or tracks of a CVAT task':
    '„{file}“ hat die Bilder oder Spuren einer Aufgabe von CVAT',
  '“{file}” describes a Kaggle data set': '„{file}“ beschreibt einen Kaggle-Datensatz',
  '“{file}” has a column for images and one for each class':
    '„{file}“ hat eine Spalte für Bilder und eine je Klasse',
  '“{file}” is a list of tasks with regions': '„{file}“ ist eine Liste von Aufgaben mit Bereichen',
  '“{file}” is a list of tasks with annotations': '„{file}“ ist eine Liste von Aufgaben mit Annotationen',
  '“{file}” has the shapes of one image': '„{file}“ hat die Formen eines Bildes',
  '“{file}” has detection categories and images': '„{file}“ hat Kategorien von Funden und Bilder',
  '“{file}” lists files with detections': '„{file}“ führt Dateien mit Funden auf',
  '“{file}” lists file names with annotations': '„{file}“ führt Dateinamen mit Annotationen auf',
  '“{file}” has the heading of VIAME detections': '„{file}“ hat die Kopfzeile von VIAME-Funden',
  '“{file}” has rows of VIAME detections': '„{file}“ hat Zeilen von VIAME-Funden',
  '“{file}” describes one image with its boxes': '„{file}“ beschreibt ein Bild mit seinen Boxen',
  '“{file}” has assets with regions': '„{file}“ hat Fotos („assets“) mit Bereichen',
  '“{file}” names classes and folders of images': '„{file}“ nennt Klassen und Bilderordner',
  '“{file}” names a list of classes': '„{file}“ nennt eine Liste von Klassen',
  '{n} of {nAll} text files hold a class and four numbers a line':
    '{n} von {nAll} Textdateien haben je Zeile eine Klasse und vier Zahlen',
  'no JSON with “images” and “annotations”': 'kein JSON mit „images“ und „annotations“',
  'no CSV with columns for an image and a box': 'kein CSV mit Spalten für Bild und Box',
  'no XML with <annotations> and images or tracks': 'kein XML mit <annotations> und Bildern oder Spuren',
  'no `{file}`': 'keine `{file}`',
  'no CSV that begins with image and class columns': 'kein CSV, das mit Spalten für Bild und Klassen beginnt',
  'no JSON list of tasks with “data” and “annotations”':
    'keine JSON-Liste von Aufgaben mit „data“ und „annotations“',
  'no JSON with “shapes” and “imagePath”': 'kein JSON mit „shapes“ und „imagePath“',
  'no JSON with “detection_categories”': 'kein JSON mit „detection_categories“',
  'no `<class>_labels.json` with a list of file names and rectangles':
    'keine `<class>_labels.json` mit einer Liste von Dateinamen und Rechtecken',
  'no CSV with nine columns of tracks, frames and corners':
    'kein CSV mit neun Spalten für Spuren, Einzelbilder und Ecken',
  'no XML with <annotation>, <filename> and <bndbox>': 'kein XML mit <annotation>, <filename> und <bndbox>',
  'no JSON with “assets” and “regions”': 'kein JSON mit „assets“ und „regions“',
  'no `data.yaml` with names, no `obj.data`, and no text file with a class and four numbers a line':
    'keine `data.yaml` mit Namen, keine `obj.data` und keine Textdatei mit einer Klasse und vier Zahlen je Zeile',
};

const boxes = { '{n} boxes': '{n} Boxen', '{n} box': '{n} Box' };
const images = { '{nImages} images': '{nImages} Bildern', '{nImages} image': '{nImages} Bild' };
const ways = { 'from {format}': 'aus {format}', 'to {dir}': 'nach {dir}' };

/** How a job of import or export ended: counts, and where from or where to. */
export const germanTransferEnds: Readonly<Record<string, string>> = {
  '{nImages} images to {dir}': '{nImages} Bilder nach {dir}',
  '{nImages} image to {dir}': '{nImages} Bild nach {dir}',
  ...Object.fromEntries(
    Object.entries(boxes).flatMap(([some, einige]) =>
      Object.entries(images).flatMap(([on, auf]) =>
        Object.entries(ways).flatMap(([way, weg]) => [
          [`${some} on ${on} ${way}`, `${einige} auf ${auf} ${weg}`],
          [`Would import ${some} on ${on} ${way}`, `Würde importieren: ${einige} auf ${auf} ${weg}`],
        ]),
      ),
    ),
  ),
};
