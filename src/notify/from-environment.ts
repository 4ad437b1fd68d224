/**
 * Goes into the `meta` of a setting that is a secret: a text of the file must take it from the environment. In JSON
 * Schema the keyword marks passwords.
 */
export const FROM_ENVIRONMENT = { writeOnly: true } as const;
