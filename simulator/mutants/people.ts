import type { Mutant } from './mutant.ts';

const BOOK = 'firmware/journal/settlement-fold.ts';
const CHART = 'firmware/recovery/hand-over.machine.ts';
const HAND = 'firmware/effects/close-by-hand.ts';
const TRUTH = 'firmware/rules/sale-truth.ts';

/** Bugs of the menu: what people take over, and what they are told of a sale. */
export const PEOPLE_MUTANTS: readonly Mutant[] = [
  {
    id: 'hand-over-not-journaled',
    breaks: ['I27'],
    what: 'a sale is handed over without a record of it',
    file: HAND,
    find: "await journal.append({ type: 'closedByHand', batch, stan, supervisor });",
    replace: 'void [batch, stan];',
  },
  {
    id: 'hand-over-without-passcode',
    breaks: ['I27'],
    what: 'a sale is handed over to a supervisor whose passcode was wrong',
    file: 'firmware/effects/check-supervisor.ts',
    find: 'ports.supervisors.authenticate(input.number, input.passcode);',
    replace:
      "ports.supervisors.authenticate(input.number, input.passcode).then((known) => known ?? { number: input.number, name: '' });",
  },
  {
    id: 'hand-over-without-name',
    breaks: ['I27'],
    what: 'the journal keeps the number of a supervisor and not the name',
    file: CHART,
    find: 'key: itemOf(context).key,\n          supervisor: `${context.supervisor.number} ${context.supervisor.name}`,',
    replace: 'key: itemOf(context).key,\n          supervisor: context.supervisor.number,',
  },
  {
    id: 'hand-over-still-reversed',
    breaks: ['I27'],
    what: 'the terminal goes on reversing what a supervisor took over',
    file: BOOK,
    find: 'settlement.byHand.push(record);\n      forgetOpen(state, record);',
    replace: 'settlement.byHand.push(record);',
  },
  {
    id: 'hand-over-not-on-slip',
    breaks: ['I5'],
    what: 'the settlement slip does not list what a supervisor took over',
    file: BOOK,
    find: 'settlement.byHand.push(record);',
    replace: '',
  },
  {
    id: 'hand-over-in-totals',
    breaks: ['I11'],
    what: 'the totals count what a supervisor took over',
    file: 'firmware/settlement/totals.ts',
    find: "return status === 'approved' && key.batch === batch;",
    replace: "return (status === 'approved' || status === 'handedOver') && key.batch === batch;",
  },
  {
    id: 'look-up-reversing-is-reversed',
    breaks: ['I20'],
    what: 'a look-up calls a sale reversed while its reversal is owed',
    file: TRUTH,
    find: "reversing: 'inDoubt',\n  cancelling",
    replace: "reversing: 'reversed',\n  cancelling",
  },
  {
    id: 'look-up-handed-over-is-declined',
    breaks: ['I20'],
    what: 'a look-up calls a sale declined that a supervisor took over',
    file: TRUTH,
    find: "handedOver: 'inDoubt',\n  uncollected",
    replace: "handedOver: 'declined',\n  uncollected",
  },
  {
    id: 'look-up-of-the-next',
    breaks: ['I20'],
    what: 'a look-up answers for the number after the one that was typed',
    file: 'firmware/effects/look-up.ts',
    find: 'return found && viewOf(journal.state, found);',
    replace:
      'return found && { ...viewOf(journal.state, found), truth: saleTruth([...journal.state.sales.values()].at(0)) };',
  },
  {
    id: 'look-up-knows-nothing',
    breaks: ['I20'],
    what: 'a look-up knows only sales of the open batch',
    file: 'firmware/effects/look-up.ts',
    find: 'const named = [...state.sales.values(), ...state.refunds.values()].filter(({ key }) => key.stan === stan);',
    replace: 'const named: JournaledSale[] = [];',
  },
];
