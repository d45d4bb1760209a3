export enum Kind {
  Entry = "entry",
}
