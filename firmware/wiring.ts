/** The charts with their effects: which effect does what a chart names. */
import { billsMachine } from './after-sale/bills.machine.ts';
import { presentAgainMachine } from './after-sale/present-again.machine.ts';
import { refundMachine } from './after-sale/refund.machine.ts';
import { askBills } from './effects/ask-bills.ts';
import { authorizeCard } from './effects/authorize-card.ts';
import { askFace, startFace } from './effects/check-face.ts';
import { awaitRemoval } from './effects/await-removal.ts';
import { boot } from './effects/boot.ts';
import { checkSupervisor } from './effects/check-supervisor.ts';
import { closeBatch } from './effects/close-batch.ts';
import { closeByHand } from './effects/close-by-hand.ts';
import { completeChip } from './effects/complete-chip.ts';
import { type ActorSystem, provideEffect, type ServicesOf } from './effects/effect.ts';
import { enterAccount } from './effects/enter-account.ts';
import { enterSmsCode } from './effects/enter-sms-code.ts';
import { fetchPlans } from './effects/fetch-plans.ts';
import { sendSmsCode } from './effects/send-sms-code.ts';
import { enterBillAccount } from './effects/enter-bill-account.ts';
import { enterPin } from './effects/enter-pin.ts';
import { findOpen } from './effects/find-open.ts';
import { findPlan } from './effects/find-plan.ts';
import { findRefundable } from './effects/find-refundable.ts';
import { forwardStored } from './effects/forward-stored.ts';
import { listOpen, lookUp } from './effects/look-up.ts';
import { openDrawer } from './effects/open-drawer.ts';
import { openReversal } from './effects/open-reversal.ts';
import { printBill, printSchedule } from './effects/print-bills.ts';
import { printCopy } from './effects/print-copy.ts';
import { printCode } from './effects/print-code.ts';
import { quotePlans } from './effects/quote-plans.ts';
import { readCard } from './effects/read-card.ts';
import { sameCard } from './effects/same-card.ts';
import { scanCode } from './effects/scan-code.ts';
import { repeatRefund, sendRefund } from './effects/send-refund.ts';
import { sendReversal } from './effects/send-reversal.ts';
import { sendScriptNotice } from './effects/send-script-notice.ts';
import { settleTotals } from './effects/settle-totals.ts';
import { signOn } from './effects/sign-on.ts';
import { summarize } from './effects/summarize.ts';
import { takeSignature } from './effects/take-signature.ts';
import { uploadBatch } from './effects/upload-batch.ts';
import { cancelOrder, payOrder, queryOrder, resolveOrder } from './effects/wallet-order.ts';
import { handOverMachine } from './recovery/hand-over.machine.ts';
import { pendingMachine } from './recovery/pending.machine.ts';
import type { ScreenCall } from './screens/show.ts';
import { settleMachine } from './settlement/settle.machine.ts';
import { menuMachine } from './terminal/menu.machine.ts';
import { terminalMachine } from './terminal/terminal.machine.ts';
import { authorizeCardMachine } from './transaction/authorize-card.machine.ts';
import { authorizeWalletMachine } from './transaction/authorize-wallet.machine.ts';
import { baitiaoMachine } from './transaction/baitiao.machine.ts';
import { planMachine } from './transaction/plan.machine.ts';
import { proveMachine } from './transaction/prove.machine.ts';
import { identifyMachine } from './transaction/identify.machine.ts';
import { installmentMachine } from './transaction/installment.machine.ts';
import { voucherMachine } from './terminal/voucher.machine.ts';
import { receiptMachine } from './transaction/receipt.machine.ts';
import { transactionMachine } from './transaction/transaction.machine.ts';
import { verifyMachine } from './transaction/verify.machine.ts';

type Actions = ReturnType<typeof wiredActions>;

/** The whole terminal. */
export function wiredTerminal(services: ServicesOf) {
  const actions = wiredActions(services);
  const { show } = actions;
  const receipt = receiptMachine.provide({
    actions: { show },
    actors: {
      takeSignature: provideEffect(services, takeSignature),
      printCopy: provideEffect(services, printCopy),
    },
  });
  const pending = pendingMachine.provide({
    actions: { show },
    actors: {
      findOpen: provideEffect(services, findOpen),
      sendReversal: provideEffect(services, sendReversal),
      resolveOrder: provideEffect(services, resolveOrder),
      forwardStored: provideEffect(services, forwardStored),
      repeatRefund: provideEffect(services, repeatRefund),
    },
  });
  return terminalMachine.provide({
    actions,
    actors: {
      boot: provideEffect(services, boot),
      signOn: provideEffect(services, signOn),
      summarize: provideEffect(services, summarize),
      pending,
      transaction: wiredTransaction(services, actions, receipt),
      menu: wiredMenu(services, actions, receipt, pending),
      settle: wiredSettlement(services, actions, receipt, pending),
    },
  });
}

interface Scope {
  readonly system: ActorSystem;
}

function wiredActions(services: ServicesOf) {
  return {
    show: ({ system }: Scope, call: ScreenCall) => services(system).show(call.id, call.params),
    wipeVault: ({ system }: Scope) => services(system).ports.vault.wipe(),
    beepSuccess: ({ system }: Scope) => services(system).ports.indicators.beep('success'),
    beepFailure: ({ system }: Scope) => services(system).ports.indicators.beep('failure'),
  };
}

function wiredTransaction(services: ServicesOf, actions: Actions, receipt: typeof receiptMachine) {
  const { show } = actions;
  const installment = installmentMachine.provide({ actions: { show } });
  return transactionMachine.provide({
    actions,
    actors: {
      identify: identifyMachine.provide({
        actions: { show },
        actors: { readCard: provideEffect(services, readCard), scanCode: provideEffect(services, scanCode) },
      }),
      plan: planMachine.provide({
        actors: { installment, quotePlans: provideEffect(services, quotePlans) },
      }),
      baitiao: baitiaoMachine.provide({
        actions: { show },
        actors: {
          installment,
          enterAccount: provideEffect(services, enterAccount),
          fetchPlans: provideEffect(services, fetchPlans),
        },
      }),
      prove: proveMachine.provide({
        actions: { show },
        actors: {
          sendSmsCode: provideEffect(services, sendSmsCode),
          enterSmsCode: provideEffect(services, enterSmsCode),
          startFace: provideEffect(services, startFace),
          askFace: provideEffect(services, askFace),
        },
      }),
      verify: verifyMachine.provide({
        actions: { show },
        actors: { enterPin: provideEffect(services, enterPin) },
      }),
      authorizeCard: authorizeCardMachine.provide({
        actions: { show },
        actors: {
          authorizeCard: provideEffect(services, authorizeCard),
          completeChip: provideEffect(services, completeChip),
          openReversal: provideEffect(services, openReversal),
        },
      }),
      authorizeWallet: authorizeWalletMachine.provide({
        actions: { show },
        actors: {
          payOrder: provideEffect(services, payOrder),
          queryOrder: provideEffect(services, queryOrder),
          cancelOrder: provideEffect(services, cancelOrder),
          printCode: provideEffect(services, printCode),
        },
      }),
      receipt,
      awaitRemoval: provideEffect(services, awaitRemoval),
    },
  });
}

function wiredMenu(
  services: ServicesOf,
  { show }: Actions,
  receipt: typeof receiptMachine,
  pending: typeof pendingMachine,
) {
  const handOver = handOverMachine.provide({
    actions: { show },
    actors: {
      listOpen: provideEffect(services, listOpen),
      checkSupervisor: provideEffect(services, checkSupervisor),
      closeByHand: provideEffect(services, closeByHand),
    },
  });
  return menuMachine.provide({
    actions: { show },
    actors: {
      receipt,
      handOver,
      refund: wiredRefund(services, { show }, receipt, pending),
      bills: wiredBills(services, { show }),
      voucher: voucherMachine.provide({ actions: { show } }),
      lookUp: provideEffect(services, lookUp),
      openDrawer: provideEffect(services, openDrawer),
    },
  });
}

function wiredRefund(
  services: ServicesOf,
  { show }: Pick<Actions, 'show'>,
  receipt: typeof receiptMachine,
  pending: typeof pendingMachine,
) {
  const verify = verifyMachine.provide({
    actions: { show },
    actors: { enterPin: provideEffect(services, enterPin) },
  });
  const presentAgain = presentAgainMachine.provide({
    actions: { show },
    actors: {
      readCard: provideEffect(services, readCard),
      sameCard: provideEffect(services, sameCard),
      awaitRemoval: provideEffect(services, awaitRemoval),
      verify,
    },
  });
  return refundMachine.provide({
    actions: { show },
    actors: {
      pending,
      receipt,
      presentAgain,
      voucher: voucherMachine.provide({ actions: { show } }),
      findRefundable: provideEffect(services, findRefundable),
      sendRefund: provideEffect(services, sendRefund),
    },
  });
}

function wiredBills(services: ServicesOf, { show }: Pick<Actions, 'show'>) {
  return billsMachine.provide({
    actions: { show },
    actors: {
      voucher: voucherMachine.provide({ actions: { show } }),
      findPlan: provideEffect(services, findPlan),
      enterBillAccount: provideEffect(services, enterBillAccount),
      askBills: provideEffect(services, askBills),
      printSchedule: provideEffect(services, printSchedule),
      printBill: provideEffect(services, printBill),
    },
  });
}

function wiredSettlement(
  services: ServicesOf,
  { show }: Actions,
  receipt: typeof receiptMachine,
  pending: typeof pendingMachine,
) {
  return settleMachine.provide({
    actions: { show },
    actors: {
      pending,
      receipt,
      sendScriptNotice: provideEffect(services, sendScriptNotice),
      settleTotals: provideEffect(services, settleTotals),
      uploadBatch: provideEffect(services, uploadBatch),
      closeBatch: provideEffect(services, closeBatch),
    },
  });
}
