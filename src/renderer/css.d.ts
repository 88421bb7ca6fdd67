/** Style sheets as modules: what importing one gives. */
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  // biome-ignore lint/style/noDefaultExport: this is the shape that the bundler gives a style module.
  export default classes;
}
declare module '*.css';
