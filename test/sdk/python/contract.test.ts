import {contractTests} from '../contract/contract-tests.js';

contractTests('python');
