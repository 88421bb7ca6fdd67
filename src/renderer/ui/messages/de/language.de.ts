/** German: the choice of the language. Names of languages are the same in every one. */
export const languageDe = {
  'language.choose': 'Sprache',
  'language.system': 'Wie das System',
} as const;
