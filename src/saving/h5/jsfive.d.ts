/** What we use of jsfive, which ships no types. */
declare module 'jsfive' {
  /** A message of an object header: `type`, `size`, `flags` (version 1), `offset_to_message`. */
  export type Message = Map<'type' | 'size' | 'flags' | 'offset_to_message', number>;

  export interface DataObjects {
    readonly offset: number;
    readonly msgs: readonly Message[];
    readonly _header: Map<string, number>;
    /** A number type such as `<f4`, `S8`, or a list for strings of variable length. */
    readonly dtype: string | [kind: string, padding: number, character_set: number];
    readonly shape: number[];
    readonly is_dataset: boolean;
    find_msg_type(type: number): Message[];
    unpack_attribute(offset: number): [name: string, value: unknown];
    get_data(): unknown[];
    _get_data_message_properties(offset: number): [version: number, dims: number, layout: number, properties: number];
  }

  export class Group {
    readonly _dataobjects: DataObjects;
    /** Where the members' headers are; the targets of soft links. */
    readonly _links: Record<string, number | string>;
    get(name: string): Group | Dataset;
  }
  export class Dataset {
    readonly _dataobjects: DataObjects;
  }
  export class File extends Group {
    constructor(bytes: ArrayBuffer, name?: string);
  }
}
