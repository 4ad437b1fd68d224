import type { BilingualText } from "../indicators/language.js";

const BY_CODE: Readonly<Record<string, BilingualText>> = {
  ENOENT: { en: "it is not there", zh: "文件不存在" },
  EACCES: { en: "this user has no right to it", zh: "当前用户没有权限" },
  EPERM: { en: "this user has no right to it", zh: "当前用户没有权限" },
  EISDIR: { en: "it is a folder", zh: "这是一个文件夹" },
  ENOTDIR: { en: "a part of its path is a file", zh: "路径中有一部分是文件" },
  EEXIST: { en: "it is a file", zh: "这是一个文件" },
  EROFS: { en: "the file system is read-only", zh: "文件系统为只读" },
  ENOSPC: { en: "the disk is full", zh: "磁盘已满" },
};

/** Why a file or folder could not be used, in a clause without its full stop. */
export function fileTrouble(error: unknown): BilingualText {
  const { code, message } = error as NodeJS.ErrnoException;
  return BY_CODE[code ?? ""] ?? { en: message, zh: message };
}
