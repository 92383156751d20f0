/** The places of a VIN, from 0: what it begins with, the check digit, the serial number. */

import * as constants from '../constants';

export const { BEGINNING, NINTH, SERIAL } = constants.structureFacts;
