import type { WalletMerchant } from '../../firmware/protocol/wallet/wallet-api.ts';
import type { WalletHost } from '../../firmware/protocol/wallet/web-message.ts';
import { TEST_MERCHANT_PUBLIC_KEY } from './test-keys.ts';

/** What the simulated shop is called at each simulated host; the settings of a terminal begin with the same names. */
export const SIMULATED_MERCHANTS: Readonly<Record<WalletHost, WalletMerchant>> = {
  alipay: { appId: '2026112100000001', merchantId: '2088000000000001', serialNumber: '' },
  wechat: {
    appId: 'wx2026112100000001',
    merchantId: '1900000001',
    serialNumber: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
  },
  jd: { appId: '', merchantId: '110000000000001', serialNumber: '' },
  lakala: { appId: 'OP00000001', merchantId: '822290070111135', serialNumber: '00DFBA8194C41B84CF' },
};

const { alipay, wechat, jd, lakala } = SIMULATED_MERCHANTS;

/** The same shop by whatever each host knows it by, with its key. */
export const TEST_APPLICATIONS = [alipay.appId, wechat.merchantId, jd.merchantId, lakala.appId].map((appId) => ({
  appId,
  publicKey: TEST_MERCHANT_PUBLIC_KEY,
}));
