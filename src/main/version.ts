/** The studio's version, as in package.json. A test keeps the two equal. */

export const codeVersion = '0.1.0';
