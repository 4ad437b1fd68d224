/** A setting as the user gave it. */
export interface ChosenSetting {
  /** Its name without dashes, such as `external-url`. */
  option: string;
  /** The flag or the variable that said it. */
  at: string;
  value: string;
}
