/** What a person's keystrokes mean at the console: the cashier's keys, the customer's hands, the technician's. */
import type { Key } from '../../firmware/hal/index.ts';
import { TEST_CARDS, type TestCard } from '../../hal-mock/cards/test-cards.ts';
import type { World } from '../../simulator/scenario/world.ts';
import type { WalletPhone } from '../../simulator/wallet/wallet-hosts.ts';
import { cashierKey } from './cashier-keys.ts';
import { type Phone, PHONE_WALLETS, type PhoneWallet } from './phones.ts';

export const OPERATOR_HELP = [
  '0-9 digits/数字  Enter confirm/确认  Esc cancel/取消  Backspace clear/清除  f function/功能',
  'c next card/换卡  i insert/插卡  t tap/挥卡  s swipe/刷卡  p pull card/拔卡',
  'w next phone/换手机  W next wallet/换钱包  q show code/出示付款码  v scan the screen/扫屏幕上的码',
  'y confirm or pass on phone/手机确认  n refuse/拒绝  m read SMS/看短信  g sign on panel/签名',
  'r tear paper/撕纸  o paper out·in/缺纸·装纸  h host down·up/主机断开·恢复  x quit/退出',
].join('\n');

/** What hands can reach. */
export type OperatorWorld = Pick<
  World,
  'screens' | 'press' | 'reader' | 'pinPad' | 'scanner' | 'acquirer' | 'wallets'
> & {
  readonly printer: Pick<World['printer'], 'paper' | 'endPaperAfterLines' | 'loadPaper'>;
  readonly signaturePad: Pick<World['signaturePad'], 'capturing' | 'sign'>;
};

/** The hands at the console. Which card and which phone are at hand is all it remembers. */
export class Operator {
  readonly #world: OperatorWorld;
  readonly #say: (line: string) => void;
  #card = 0;
  #wallet = 0;
  #phone = PHONE_WALLETS[0]?.phones.findIndex(({ id }) => id === 'huabei') ?? 0;
  #paperIsOut = false;

  constructor(world: OperatorWorld, say: (line: string) => void) {
    this.#world = world;
    this.#say = say;
  }

  /** The cards and phones to start with. */
  describe(): void {
    this.#sayCard();
    this.#sayPhone();
  }

  /** Acts on one keystroke; `quit` when the person wants to leave. */
  key(stroke: string): 'quit' | undefined {
    if (stroke === '\u0003' || stroke === 'x') return 'quit';
    const key = cashierKey(stroke);
    if (key !== undefined) this.#press(key);
    else this.#actions[stroke]?.();
    return undefined;
  }

  /** While the PIN pad asks, the digits are the customer's; the cashier's keypad never sees them. */
  #press(key: Key): void {
    const { pinPad } = this.#world;
    if (!pinPad.prompting) return this.#world.press(key);
    if (/^\d$/.test(key)) return pinPad.typeDigits(key);
    if (key === 'confirm' || key === 'cancel' || key === 'clear') pinPad.press(key);
  }

  readonly #actions: Readonly<Record<string, () => void>> = {
    c: () => {
      this.#card = (this.#card + 1) % TEST_CARDS.length;
      this.#sayCard();
    },
    w: () => {
      this.#phone = (this.#phone + 1) % this.#walletAtHand().phones.length;
      this.#sayPhone();
    },
    W: () => {
      this.#wallet = (this.#wallet + 1) % PHONE_WALLETS.length;
      this.#phone = 0;
      this.#sayPhone();
    },
    i: () => this.#world.reader.insert(this.#cardAtHand()),
    t: () => this.#world.reader.tap(this.#cardAtHand()),
    s: () => this.#world.reader.swipe(this.#cardAtHand()),
    p: () => this.#world.reader.pull(),
    q: () => this.#world.scanner.show(this.#phoneAtHand().code),
    v: () => this.#scanScreen(),
    y: () => this.#usePhone((phone) => phone.confirm() || phone.passFace()),
    n: () => this.#usePhone((phone) => phone.refuse() || phone.refuseFace()),
    m: () => this.#say(`· SMS / 短信: ${this.#appAtHand()?.smsCode() ?? 'none/无'}`),
    g: () => this.#sign(),
    r: () => void this.#world.printer.paper.tear(),
    o: () => this.#togglePaper(),
    h: () => this.#toggleHost(),
    '?': () => this.#say(OPERATOR_HELP),
  };

  #usePhone(act: (phone: WalletPhone) => boolean): void {
    const phone = this.#appAtHand();
    if (phone === undefined || !act(phone)) this.#say('· nothing to confirm / 手机上没有待确认的付款');
  }

  #scanScreen(): void {
    const text = this.#world.screens().at(-1)?.code?.text;
    if (text === undefined) this.#say('· the screen shows no code / 屏幕上没有收款码');
    else if (this.#appAtHand()?.scan(text) !== true) this.#say('· this phone cannot pay it / 这部手机不能付');
  }

  #sign(): void {
    const { signaturePad } = this.#world;
    if (signaturePad.capturing) signaturePad.sign();
    else this.#say('· nobody asks for a signature / 现在不用签名');
  }

  #togglePaper(): void {
    this.#paperIsOut = !this.#paperIsOut;
    if (this.#paperIsOut) this.#world.printer.endPaperAfterLines(0);
    else this.#world.printer.loadPaper();
    this.#say(this.#paperIsOut ? '· paper is out / 纸已用完' : '· paper loaded / 已装纸');
  }

  #toggleHost(): void {
    const { acquirer, wallets } = this.#world;
    acquirer.faults.down = !acquirer.faults.down;
    wallets.setDown(acquirer.faults.down);
    this.#say(acquirer.faults.down ? '· hosts are down / 主机已断开' : '· hosts are up / 主机已恢复');
  }

  #cardAtHand(): TestCard {
    return TEST_CARDS[this.#card] as TestCard;
  }

  #walletAtHand(): PhoneWallet {
    return PHONE_WALLETS[this.#wallet] as PhoneWallet;
  }

  #phoneAtHand(): Phone {
    return this.#walletAtHand().phones[this.#phone] as Phone;
  }

  #appAtHand(): WalletPhone | undefined {
    const { host, id } = this.#phoneAtHand();
    return host && this.#world.wallets.phone(host, id);
  }

  #sayCard(): void {
    const { id, zh, en, pin, interfaces } = this.#cardAtHand();
    this.#say(`· card in hand / 手中的卡: ${id} ${zh} ${en}, PIN ${pin}, ${interfaces.join(' ')}`);
  }

  #sayPhone(): void {
    const { zh: wallet, en: walletEn } = this.#walletAtHand();
    const { id, zh, en, number } = this.#phoneAtHand();
    const account = number === undefined ? '' : `, account / 账号 ${number}`;
    this.#say(`· phone in hand / 手中的手机: ${wallet} ${walletEn}, ${id} ${zh} ${en}${account}`);
  }
}
