import type { Mutant } from './mutant.ts';

/** Bugs that let a card number, a pay code or a PIN block out. */
export const SECRET_MUTANTS: readonly Mutant[] = [
  {
    id: 'pan-in-journal',
    breaks: ['I17'],
    what: 'the card number stands in the journal as it is',
    file: 'firmware/effects/authorize-card.ts',
    find: 'sealedPan: services.ports.vault.toStored(card.panRef),',
    replace: 'sealedPan: latin1Of(services.ports.vault.reveal(card.panRef)),',
  },
  {
    id: 'pan-not-masked',
    breaks: ['I17'],
    what: 'a masked card number shows every digit',
    file: 'firmware/base/masked.ts',
    find: "return pan.slice(0, 6) + '*'.repeat(pan.length - 10) + pan.slice(-4);",
    replace: 'return pan;',
  },
  {
    id: 'pay-code-in-journal',
    breaks: ['I17'],
    what: 'the pay code stands in the journal as it is',
    file: 'firmware/effects/scan-code.ts',
    find: 'const maskedCode = ports.vault.describe(scan.codeRef);',
    replace: 'const maskedCode = latin1Of(ports.vault.reveal(scan.codeRef));',
  },
  {
    id: 'pay-code-on-slip',
    breaks: ['I17'],
    what: 'a slip shows the pay code of the customer',
    file: 'firmware/receipts/sale-slip.ts',
    find: "write.pair('商户订单号', 'ORDER NO.', wallet.outTradeNo),",
    replace: "write.pair('商户订单号', 'ORDER NO.', `${wallet.outTradeNo} 281000000000000001`),",
  },
  {
    id: 'vault-not-wiped',
    breaks: ['I17'],
    what: 'secrets stay in the vault after the sale',
    file: 'firmware/wiring.ts',
    find: 'wipeVault: ({ system }: Scope) => services(system).ports.vault.wipe(),',
    replace: 'wipeVault: () => undefined,',
  },
  {
    id: 'vault-wipes-the-first',
    breaks: ['I17'],
    what: 'wiping the vault forgets one secret only',
    file: 'drivers/linux/card-vault.ts',
    find: 'for (const key of this.#secrets.keys()) this.#overwrite(key);',
    replace: 'for (const key of [...this.#secrets.keys()].slice(0, 1)) this.#overwrite(key);',
  },
  {
    id: 'track-in-clear',
    breaks: ['I18'],
    what: 'the track is sent in clear under a field 53 that says it is enciphered',
    file: 'firmware/effects/authorize-card.ts',
    find: 'return replaceTrackBlocks(track, place, await ports.keyStore.encryptTrack(place.blocks));',
    replace: 'return replaceTrackBlocks(track, place, place.blocks);',
  },
];
