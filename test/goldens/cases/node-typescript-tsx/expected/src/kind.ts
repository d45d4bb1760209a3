export enum Kind {
  Note = "note",
}
