import {Command} from 'commander';
import type {DefineCommand} from './invocation.js';
export const define: DefineCommand = () => new Command('verify');
