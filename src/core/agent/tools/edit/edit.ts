export interface Edit {
  old: string;
  new: string;
  all?: boolean | undefined;
}
