/** A text in the two languages that the command line speaks. */
export interface Words {
  en: string;
  zh: string;
}
