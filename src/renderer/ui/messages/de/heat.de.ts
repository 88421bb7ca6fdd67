/** German: where a model looks. */
export const heatDe = {
  'layer.heatmap': 'Wohin das Modell blickt',
  'heat.title': 'Wohin das Modell blickt',
  'heat.noModel': 'Zuerst ein Modell trainieren: Dann zeigt dies, wo im Foto es welche Klasse sieht.',
  'heat.class': 'Klasse',
  'heat.classScore': '{name} · {score}',
  'heat.method': 'Verfahren',
  'heat.method.auto': 'Was zum Modell passt',
  'heat.method.cam': 'Seine eigene Klassenkarte',
  'heat.method.gradient': 'Zurückverfolgt',
  'heat.method.occlusion': 'Durch Verdecken',
  'heat.text.cam': 'Die Wahrscheinlichkeit, die das Modell der Klasse an jedem Ort gibt.',
  'heat.text.gradient':
    'Orte, die für die Klasse sprechen; der stärkste so hell, wie das Modell der Klasse sicher ist.',
  'heat.text.occlusion': 'Wie weit die Wahrscheinlichkeit der Klasse fällt, wenn der Ort verdeckt ist.',
  'heat.opacity': 'Stärke',
  'heat.legend': 'Farben von 0, durchsichtig, bis 1, hell; auf allen Fotos gleich',
  'heat.waiting': 'Blickt …',
} as const;
