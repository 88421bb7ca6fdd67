/** Texts of the heat map: where a model looks. */
export const heatMessages = {
  'layer.heatmap': 'Where the model looks',
  'heat.title': 'Where the model looks',
  'heat.noModel': 'Train a model first: then this shows where in the photograph it sees each class.',
  'heat.class': 'Class',
  'heat.classScore': '{name} · {score}',
  'heat.method': 'How',
  'heat.method.auto': 'What suits the model',
  'heat.method.cam': 'Its own class map',
  'heat.method.gradient': 'Followed back',
  'heat.method.occlusion': 'By hiding places',
  'heat.text.cam': 'The probability the model gives the class at each place.',
  'heat.text.gradient':
    'Places that speak for the class; the strongest as bright as the model is sure of the class.',
  'heat.text.occlusion': 'How far the probability of the class falls when the place is hidden.',
  'heat.opacity': 'Strength',
  'heat.legend': 'Colours from 0, clear, to 1, bright; the same on all photographs',
  'heat.waiting': 'Looking…',
} as const;
