import type { Language } from "../../indicators/language.js";
import type { MessageTemplate } from "./message-template.js";

/** In which language and words a receiver is told. */
export interface Wording {
  language: Language;
  template?: MessageTemplate;
}
