import type { ScreenModel } from '../../firmware/hal/index.ts';
import type { Hands } from './hands.ts';

/** What people do when they see a screen; `false` asks to be tried again in a moment, while the same screen stands. */
export type Reaction = (hands: Hands, screen: ScreenModel) => boolean | void;

const acknowledge: Reaction = (hands) => hands.acknowledges();

/** By the id of the screen. */
export const REACTIONS: Readonly<Record<string, Reaction>> = {
  idle: (hands, screen) => hands.atIdle(screen),
  enterAmount: (hands, screen) => hands.atAmount(screen),
  presentCard: (hands, screen) => hands.presents(screen),
  insertCard: (hands) => hands.insertsCard(),
  swipeCard: (hands) => hands.swipesCard(),
  choosePlan: (hands, screen) => hands.choosesPlan(screen),
  confirmPlan: (hands, screen) => hands.agrees(screen),
  enterPin: (hands) => hands.typesPin(),
  waitingForCustomer: (hands) => hands.usesPhone(),
  tearReceipt: (hands) => hands.tears(),
  printerProblem: (hands) => hands.mendsPrinter(),
  removeCard: (hands) => hands.takesCard(),
  activation: (hands) => hands.activates(),
  outOfService: (hands, screen) => hands.restarts(screen),
  journalDamaged: (hands, screen) => hands.restarts(screen),
  selfTestFailed: (hands, screen) => hands.restarts(screen),
  cardProblem: acknowledge,
  scanProblem: acknowledge,
  deviceProblem: acknowledge,
  pinProblem: acknowledge,
  declined: (hands, screen) => hands.refused(screen),
  notSent: (hands, screen) => hands.refused(screen),
  enterAccount: (hands, screen) => hands.usesApp(screen),
  chooseProof: (hands, screen) => hands.usesApp(screen),
  enterSmsCode: (hands, screen) => hands.usesApp(screen),
  faceCheck: (hands, screen) => hands.usesApp(screen),
  showCode: (hands, screen) => hands.usesApp(screen),
  numbersDiffer: acknowledge,
  cancelled: acknowledge,
  timedOut: acknowledge,
  outcomeUnknown: acknowledge,
  signOnFailed: acknowledge,
  recoveryWaiting: (hands) => hands.settlesLater(),
  settled: acknowledge,
  settlementFailed: acknowledge,
  supervisorRefused: acknowledge,
  handedOver: acknowledge,
  saleTruth: acknowledge,
  menu: (hands) => hands.errands.atMenu(),
  enterVoucher: (hands, screen) => hands.looksUp(screen),
  openItem: (hands) => hands.errands.atOpenItem(),
  enterSupervisor: (hands, screen) => hands.errands.atSupervisor(screen),
  enterPasscode: (hands, screen) => hands.errands.atPasscode(screen),
};
