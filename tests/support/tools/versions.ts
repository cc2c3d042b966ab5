/** The oldest versions of programs with which the tests work. Those of Python's packages are in requirements.txt. */
export const oldest = {
  /** Has `xsdvalidate` with the schemas inside, and a `taplint` that knows UWS 1.1. */
  stilts: [3, 4],
  /** The oldest for which all of requirements.txt is there. */
  python: [3, 11],
  /** As the SDK's go.mod has it. */
  go: [1, 26],
} as const;
