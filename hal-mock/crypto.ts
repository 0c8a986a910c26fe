/** The block ciphers under a name that simulators may import; simulators know no drivers. */
export { CIPHERS } from '../drivers/crypto/ciphers.ts';
