/** The number itself, as vinchar/vin.py has it: alphabet, check digit, what is wrong with a typed one. */

export const LENGTH = 17;
const ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
const VALUES = Object.fromEntries([...ALPHABET].map((char, at) => [char, at]));
[..."ABCDEFGHJKLMNPRSTUVWXYZ"].forEach((char, at) => (VALUES[char] = +"12345678123457923456789"[at]));
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
const MISTAKEN = { I: "1", O: "0", Q: "0" }; // no VIN has these letters
const CHECKED = "12345L"; // first characters of North America and China, where the law asks for a check digit

/**
 * Return what was typed or pasted as characters of a VIN, and what had to be changed or left out for that.
 * @param {string} typed
 * @returns {{chars: string, mistaken: string[], dropped: string[]}}
 */
export function clean(typed) {
  let plain = typed.replace(/[\s\-\u2010-\u2015\u2212*#]+/g, "").toUpperCase();
  if (plain.length === LENGTH + 1 && plain[0] === "I") plain = plain.slice(1); // barcodes of imported cars
  const chars = [...plain].map((char) => MISTAKEN[char] ?? char);
  return {
    chars: chars.filter((char) => char in VALUES).join(""),
    mistaken: [...new Set([...plain].filter((char) => char in MISTAKEN))],
    dropped: [...new Set(chars.filter((char) => !(char in VALUES)))],
  };
}

/** The check digit that a whole VIN asks for at position 9. */
export function checkDigit(vin) {
  const total = [...vin].reduce((sum, char, at) => sum + VALUES[char] * WEIGHTS[at], 0);
  return "0123456789X"[total % 11];
}

/**
 * What is to be said of a VIN that may be incomplete; spaces stand for what is missing.
 * @returns {{state: "incomplete" | "invalid" | "valid" | "not_required", missing: number, expected: string | null}}
 */
export function judge(vin) {
  const missing = LENGTH - vin.replaceAll(" ", "").length;
  if (missing) return { state: "incomplete", missing, expected: null };
  const expected = checkDigit(vin);
  if (!CHECKED.includes(vin[0])) return { state: "not_required", missing, expected };
  return { state: expected === vin[8] ? "valid" : "invalid", missing, expected };
}
