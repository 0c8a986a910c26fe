/**
 * A whole terminal in one file: `createTerminal` over mocked ports, on virtual time. A cashier enters ¥88.00, a customer
 * inserts a card and types the PIN, the scripted acquirer approves, and the slip comes out. Run it with
 *
 *   node docs/examples/terminal.ts
 */
// oxlint-disable no-console -- an example shows what it does
import { createTerminal, DEFAULT_SETTINGS } from 'fenqi-pos';
import { mockPorts, testCard } from 'fenqi-pos/hal-mock';

const shop = mockPorts();
// Put your own in place of any port: `{ ...shop.ports, printer: new MyPrinter() }`.
const terminal = createTerminal(shop.ports, { ...DEFAULT_SETTINGS, language: 'en', merchantName: 'Corner shop' });

const { clock, display, keypad, reader, pinPad, printer, acquirer } = shop;
display.onShow(({ id, title, lines }) => console.log(`[${id}] ${title}: ${lines.join(', ')}`));
/** Lets time pass until the terminal shows a screen; no real second goes by. */
const shows = (screen: string) => clock.runUntil(() => display.current?.id === screen, 60_000, screen);

terminal.start();
await shows('idle');

keypad.type('8', '8', '00', 'confirm');
await shows('presentCard');
await clock.advance(500);
reader.insert(testCard('debit'));

await shows('enterPin');
pinPad.typeDigits('123456');
pinPad.press('confirm');

await shows('tearReceipt');
keypad.press('confirm');
await shows('removeCard');
reader.pull();
await shows('idle');

console.log(printer.paper.lines().join('\n'));
const [sale] = [...terminal.journalState().sales.values()];
console.log(`The journal says: ${sale?.status}, ${sale?.intent.amountFen} fen.`);
console.log(`The acquirer got: ${acquirer.requests.map(({ mti }) => mti).join(', ')}.`);
