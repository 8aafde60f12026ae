/** Shell scripts are imported as their text, so that they are inside the compiled executable. */
declare module "*.sh" {
  const text: string;
  export default text;
}
