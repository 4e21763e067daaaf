// Masking passwords in what leaves the process.

export { Redactor } from '../../log/redaction/redactor.js';
export { SecretFilter } from '../../log/redaction/secret-filter.js';
