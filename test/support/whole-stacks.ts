/** Failing tests show where in the library they fail. */
import { disable_traceback_filtering } from '../../src/utils/traceback.js';

disable_traceback_filtering();
