/** Check digit of a card number without it (ISO/IEC 7812-1, annex B). `undefined` for a text that is not all digits. */
export function luhnDigit(digits: string): string | undefined {
  return /^\d+$/.test(digits) ? ((10 - (luhnSum(`${digits}0`) % 10)) % 10).toString() : undefined;
}

/** Whether a whole card number ends in its check digit. */
export function passesLuhn(pan: string): boolean {
  return /^\d{2,}$/.test(pan) && luhnSum(pan) % 10 === 0;
}

/** Every second digit from the right, the check digit not counted, is doubled and 9 taken off what then exceeds 9. */
function luhnSum(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits.charAt(digits.length - 1 - i));
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum;
}
