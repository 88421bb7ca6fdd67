/** What recipes say of themselves, in German, by id. Of a recipe that is not here the English of the recipe itself is shown. */
import type { RecipeInfo } from '../../../../core/learning.ts';

export type RecipeWords = Pick<
  RecipeInfo,
  'title' | 'tagline' | 'summary' | 'whenItFails' | 'readingTheNumbers'
>;

/** What recipes that tell the class of a whole photograph say of their figures. */
const classFigures =
  'classAcc ist der Anteil der Fotos, deren Klasse stimmt, die der größten Box oder „nichts hier“; logLoss ist der Mittelwert von −ln der Wahrscheinlichkeit, die die richtige Klasse bekam: 0 ist sicher und richtig, ln der Zahl der Klassen ist geraten, mehr ist sicher und falsch.';

export const germanRecipes: Readonly<Record<string, RecipeWords>> = {
  detector: {
    title: 'Detektor',
    tagline: 'Jeder Fisch, mit Box und Klasse',
    summary:
      'Findet alle Fische eines Fotos, große und kleine, jeden mit Box und Klasse. Eine Karte der Mitten je Klasse in zwei Auflösungen, an jeder Mitte Größe und Lage.',
    whenItFails:
      'Fische, deren Mitten zusammenfallen, werden einer. Mit weniger als etwa zehn gelabelten Boxen je Klasse rät er die Klasse. Fotos, die nur zum Teil gelabelt sind, lehren ihn, der Rest sei leer.',
    readingTheNumbers:
      'mAP@.5 ist der Mittelwert, über die Klassen, der durchschnittlichen Präzision der Boxen, die eine Box von Hand mindestens zur Hälfte decken: 0 findet nichts, 1 findet alles und sonst nichts. mAP mittelt auch strengere Deckungen und ist immer niedriger. Der Wert eines Vorschlags ordnet; er ist noch keine Wahrscheinlichkeit.',
  },
  'detector-fine': {
    title: 'Detektor, fein abgestimmt',
    tagline: 'Bewegt auch das Grundnetz; Minuten',
    summary:
      'Der Detektor, und hinter ihm lernen auch die letzten Blöcke des Grundnetzes diese Fotos. Erst der Kopf allein, wie beim Detektor, dann beide zusammen an frisch gezeichneten Kopien.',
    whenItFails:
      'Er braucht Minuten, wo der Detektor Sekunden braucht, und einige hundert Boxen: Mit wenigen Labeln lernt er sie auswendig. Ohne natives TensorFlow ist er unbrauchbar langsam. Nicht jedes Grundnetz lässt sich bewegen; die Meldung sagt, warum.',
    readingTheNumbers:
      'Wie beim Detektor: mAP@.5 ist der Mittelwert, über die Klassen, der durchschnittlichen Präzision der Boxen, die eine Box von Hand mindestens zur Hälfte decken. Mit dem Detektor auf derselben Teilung vergleichen: Der Unterschied ist, was das Bewegen des Grundnetzes wert war.',
  },
  'crop-classifier': {
    title: 'Zweiter Blick auf Boxen',
    tagline: 'Benennt, was ein Detektor fand',
    summary:
      'Schneidet jede Box eines trainierten Detektors in voller Auflösung aus dem Foto, sieht sie sich noch einmal an und gibt ihr Klasse und Wert. Für Fische, die im Foto klein, in der Datei aber scharf sind, und für Klassen, die sich in Einzelheiten unterscheiden.',
    whenItFails:
      'Er findet keinen Fisch, den der Detektor übersah, und braucht einen. Mit wenigen Boxen je Klasse lernt er wenig; wo Fotos kaum größer sind als die Leinwand, hat der Detektor die Einzelheiten schon gesehen. Er dauert länger: Jedes Foto wird in voller Größe entpackt. Nicht gelabelte Fische lehren ihn, so etwas sei nichts.',
    readingTheNumbers:
      'Während des Trainings gelten classAcc und logLoss für Ausschnitte um Boxen von Hand und für Ausschnitte ohne Fisch. Das fertige Modell wird wie der Detektor beurteilt, an ganzen Fotos: mAP@.5, mit den Boxen des Detektors und den Klassen und Werten des zweiten Blicks; mit dem des Detektors allein auf denselben Fotos vergleichen.',
  },
  'box-and-class': {
    title: 'Box und Klasse',
    tagline: 'Box und Klasse, in Sekunden',
    summary:
      'Ein Fisch je Bild: seine Box, seine Klasse, oder „nichts da“. Lernt in Sekunden; die Lektion fand, dass das Lernen der Box der Klasse hilft.',
    whenItFails:
      'Fotos mit mehreren Fischen bekommen höchstens einen Vorschlag. Ein Fisch, der viel kleiner ist als ein Sechzehntel der Leinwand, wird gesehen, aber schlecht umrahmt. Dort den Detektor nehmen.',
    readingTheNumbers:
      'classAcc ist der Anteil der Bilder, deren Klasse („nichts hier“ ist eine) stimmt; logLoss bestraft sichere Fehler. meanIou ist die Deckung der vorgeschlagenen Box mit der von Hand, über Bilder, die eine haben: 1 ist genau, 0,5 eine brauchbare Box. Der Verlust der Box steht in Leinwandpixeln im Quadrat und zählt nur Bilder mit einer Box.',
  },
  'head-tail': {
    title: 'Kopf und Schwanz',
    tagline: 'Zwei Punkte: wie er liegt',
    summary:
      'Ein Fisch je Bild: die Punkte von Kopf und Schwanz, seine Klasse, oder „nichts da“. Zwei Punkte sagen, wie ein Fisch liegt, was eine Box nicht sagt; Fotos lassen sich damit waagerecht drehen.',
    whenItFails:
      'Es braucht Label mit Kopf und Schwanz, etwa die Punktdateien des Fischereiwettbewerbs oder Keypoints; Boxen allein lehren es die Klasse, aber keine Punkte. Fotos mit mehreren Fischen bekommen einen Vorschlag, den des größten. Sehen beide Enden gleich aus, werden sie verwechselt.',
    readingTheNumbers:
      'classAcc ist der Anteil der Bilder, deren Klasse („nichts hier“ ist eine) stimmt; logLoss bestraft sichere Fehler. meanIou ist die Deckung der Box um die vorgeschlagenen Punkte mit der von Hand. Der Verlust der Linie ist der mittlere quadrierte Fehler der vier Koordinaten in Leinwandpixeln, über Bilder, deren größter Fisch eine Linie hat.',
  },
  'gap-head': {
    title: 'Gemittelte Merkmale',
    tagline: 'Am schnellsten; an ihm messen',
    summary:
      'Die Klasse des ganzen Fotos, aus über das Foto gemittelten Merkmalen und einer dichten Schicht. Das schnellste Rezept und das, das am schwersten auswendig lernt: das erste zum Versuchen, und das, was andere schlagen müssen.',
    whenItFails:
      'Es sagt keine Boxen. Ein Fisch, der wenig vom Foto füllt, wird weggemittelt; dort fcn-gmp oder den Detektor nehmen. Es lernt das Boot so gern wie den Fisch: Nur Zahlen von Booten trauen, die es nicht gesehen hat.',
    readingTheNumbers: classFigures,
  },
  'dense-head': {
    title: 'Dichter Kopf',
    tagline: 'Alle Merkmale und wo sie liegen',
    summary:
      'Die Klasse des ganzen Fotos, aus allen Merkmalen und ihrer Lage: Maxima, dann zwei dichte Schichten zu 512 mit Normalisierung und Dropout. In der Lektion 0,988 bei zufälliger Teilung.',
    whenItFails:
      'Es sagt keine Boxen. Es unterscheidet die Orte im Foto und lernt deshalb, wo Fische auf diesen Booten meist liegen; hängt die Kamera anders, wird es schlechter. Mit wenigen Fotos lernt es sie auswendig. Mit den gemittelten Merkmalen vergleichen.',
    readingTheNumbers: classFigures,
  },
  'metadata-head': {
    title: 'Dichter Kopf mit Bildgröße',
    tagline: 'Kennt die Bildgröße: eine Probe',
    summary:
      'Der dichte Kopf, dem auch die Pixelgröße des Fotos und genannte importierte Spalten gesagt werden. Die Größe verrät die Kamera, die Kamera das Boot, das Boot den Fang: neben dem dichten Kopf trainieren, um zu sehen, wie viel eines Werts das Boot ist.',
    whenItFails:
      'Auf Booten, die es nicht gesehen hat: Deren Größen sagen ihm nichts oder das Falsche. Besser als der dichte Kopf bei zufälliger, aber nicht bei gruppierter Teilung heißt: Die Werte der zufälligen kommen nicht vom Fisch. Es sagt keine Boxen.',
    readingTheNumbers:
      'Wie beim dichten Kopf: classAcc ist der Anteil der Fotos, deren Klasse stimmt, logLoss der Mittelwert von −ln der Wahrscheinlichkeit, die die richtige Klasse bekam. Was zählt, ist der Unterschied zum dichten Kopf auf derselben Teilung: So viel verrät die Größe (oder verraten die Spalten) allein.',
  },
  'fcn-gap': {
    title: 'Voll gefaltet',
    tagline: 'Zeigt, wohin es sah',
    summary:
      'Die Klasse des ganzen Fotos allein aus Faltungen: drei zu 128 Filtern mit Normalisierung und Pooling, dann eine grobe Karte je Klasse, gemittelt. Zeigt, wohin es sah, ohne je eine Box gesehen zu haben.',
    whenItFails:
      'Es sagt keine Boxen. Ein sehr kleiner Fisch wird weggemittelt; dann fcn-gmp nehmen. Die Zellen seiner Karte sind achtmal so groß wie die feinsten: um zu sehen, wo, fcn-fine nehmen. Langsamer als die Köpfe auf gemittelten Merkmalen.',
    readingTheNumbers: `${classFigures} Wo die Klassenkarte hoch ist, sah das Modell diese Klasse; gelehrt wurde ihm stets nur ein Wort je Foto.`,
  },
  'fcn-gmp': {
    title: 'Voll gefaltet, stärkste Zelle',
    tagline: 'Für einen kleinen Fisch',
    summary:
      'Das voll gefaltete Netz, das nach der stärksten Zelle jeder Klassenkarte urteilt statt nach dem Mittel: Ein kleiner Fisch genügt, wie die Lektion es für winzige Dinge rät.',
    whenItFails:
      'Es sagt keine Boxen. Eine täuschende Zelle genügt ebenso: Es ist sich dessen, was nicht da ist, sicherer als fcn-gap. Jedes Foto lehrt eine Zelle je Klasse, es lernt also langsamer.',
    readingTheNumbers: `${classFigures} Die Zelle, an der die Klassenkarte am höchsten ist, gab den Ausschlag.`,
  },
  'fcn-fine': {
    title: 'Voll gefaltet, feine Karte',
    tagline: 'Feinere Karte, wohin es sah',
    summary:
      'Das voll gefaltete Netz ohne Pooling: eine Klassenkarte so fein wie die Merkmale, eine Zelle je sechzehn Pixel der Leinwand. Um zu sehen, wo, wenn keine Boxen gezeichnet wurden.',
    whenItFails:
      'Es sagt keine Boxen. Zwei- bis viermal so viel Arbeit wie fcn-gap und in der Lektion etwas weniger richtig (0,952 gegen 0,976): Jede Zelle sieht weniger um sich. Zählt nur die Klasse, fcn-gap nehmen.',
    readingTheNumbers: `${classFigures} Wo die Klassenkarte hoch ist, sah das Modell diese Klasse; ihre Zellen sind ein Achtel so breit wie die von fcn-gap.`,
  },
  'inception-mini': {
    title: 'Kleines Inception-Netz',
    tagline: 'Fische nah und fern',
    summary:
      'Die Klasse des ganzen Fotos aus drei Blöcken, die je mehrere Maßstäbe nebeneinander ansehen: 1×1, 5×5, zwei 3×3 und einen gepoolten Zweig. Für Fotos, auf denen dieselbe Art nah und fern vorkommt.',
    whenItFails:
      'Es sagt keine Boxen. Die Lektion fand es etwas hinter dem einfachen voll gefalteten Netz (0,964 bis 0,968 gegen 0,976), und seine vielen kleinen Schichten gewinnen an einem schnellen Rechner am wenigsten. Mit wenigen Fotos die gemittelten Merkmale nehmen.',
    readingTheNumbers: `${classFigures} Seine Klassenkarte ist grob: je Richtung ein Achtel der Merkmale.`,
  },
  'clip-sequence': {
    title: 'Bilder eines Clips',
    tagline: 'Mit den Bildern davor beurteilt',
    summary:
      'Die Klasse jedes Fotos eines Clips oder einer Spur, mit den Bildern davor beurteilt von einem rekurrenten Netz (SimpleRNN, GRU oder LSTM) über gemittelten Merkmalen. Für geordnete Bilder einer Kamera, wo ein jetzt verdeckter Fisch eben noch deutlich war.',
    whenItFails:
      'Bei Fotos, die nicht aufeinander folgen: Dann sagen die Bilder davor nichts, und gap-head lernt dasselbe mit weniger. Es sagt keine Boxen. Zeitlich weit entfernte Bilder oder Ordner mit mehreren Kameras ergeben Fenster ohne Sinn; siehe, wie Clips geschnitten werden.',
    readingTheNumbers:
      'classAcc ist der Anteil der Fotos, deren Klasse stimmt, die ihrer eigenen größten Box oder „nichts hier“; logLoss ist der Mittelwert von −ln der Wahrscheinlichkeit, die die richtige Klasse bekam: 0 ist sicher und richtig, ln der Zahl der Klassen ist geraten, mehr ist sicher und falsch. Benachbarte Bilder gleichen sich: Nur eine Teilung nach Gruppen, die Clips ganz lässt, sagt, wie es auf einem Clip besteht, den es nicht gesehen hat.',
  },
  ensemble: {
    title: 'Ensemble der Klassen',
    tagline: 'Mittelt Modelle von Klassen',
    summary:
      'Der Mittelwert dessen, was zwei oder mehr trainierte Modelle von der Klasse eines Fotos sagen. Nichts wird trainiert: Es ist in Sekunden gemacht und fragt jedes seiner Modelle.',
    whenItFails:
      'Wenn seine Modelle dieselben Fehler machen: Mehrere Startwerte eines Rezepts bringen weniger als verschiedene Rezepte. Es braucht so lange wie alle seine Modelle zusammen, und es braucht sie: Es endet, wenn eines gelöscht wird.',
    readingTheNumbers:
      'Wie bei seinen Modellen: classAcc ist der Anteil der Fotos, deren Klasse stimmt, logLoss der Mittelwert von −ln der Wahrscheinlichkeit, die die richtige Klasse bekam. Beurteilt nur an Fotos, aus denen keines seiner Modelle lernte; mit dem besten von ihnen auf denselben vergleichen.',
  },
  'ensemble-boxes': {
    title: 'Ensemble der Detektoren',
    tagline: 'Verschmilzt Boxen von Detektoren',
    summary:
      'Was zwei oder mehr trainierte Modelle vorschlagen; Boxen, die denselben Fisch meinen, werden zu einer zwischen ihnen verschmolzen (weighted boxes fusion). Nichts wird trainiert: Es ist in Sekunden gemacht und fragt jedes seiner Modelle.',
    whenItFails:
      'Wenn eines seiner Modelle viel schlechter ist als die anderen: Eine Box, die nur einige sehen, verliert an Wert. Es braucht so lange wie alle seine Modelle zusammen, und es braucht sie: Es endet, wenn eines gelöscht wird.',
    readingTheNumbers:
      'Wie beim Detektor: mAP@.5 ist der Mittelwert, über die Klassen, der durchschnittlichen Präzision der Boxen, die eine Box von Hand mindestens zur Hälfte decken. Ein Wert ist der Mittelwert seiner Modelle mal dem Anteil der Modelle, die den Fisch sahen. Beurteilt nur an Fotos, aus denen keines seiner Modelle lernte.',
  },
};
