import { expect, test } from 'vitest';
import {
  checkDigit,
  checkDigitStatus,
  knownMakers,
  maker,
  modelYears,
  normalise,
  parts,
  region,
  validate,
} from '../src/vin';
import { golden, makersTable } from './golden';

const facts = golden<any>('vin');

test('VINs say the same as in Python', async () => {
  const makers = await makersTable();
  const said = facts.vins.map(({ vin }: { vin: string }) => ({
    vin,
    check_digit: checkDigit(vin),
    status: checkDigitStatus(vin),
    maker_code: parts(vin).makerCode,
    region: region(vin),
    maker: maker(vin, makers),
    model_year: modelYears(vin, makers, facts.year),
  }));
  expect(said).toEqual(facts.vins);
  expect(knownMakers(makers).length).toBe(facts.known_makers);
});

test.each(facts.texts as [string, string, string | null][])('%j is taken as in Python', (text, plain, fault) => {
  expect(normalise(text)).toBe(plain);
  if (fault === null) expect(validate(text)).toBe(plain);
  else expect(() => validate(text)).toThrow(fault);
});
