/** For tests: a description with a parameter of every kind. */
export const crossmatch = `
name: crossmatch
version: "1.2"
title: Cross-match
description: Matches a table of positions against a catalogue.
contact: { name: Ada, email: ada@example.org }
documentation: https://example.org/crossmatch
parameters:
  type: object
  required: [positions, radius, band]
  additionalProperties: false
  properties:
    positions:
      title: Positions
      type: string
      x-file: { mediaTypes: [text/csv, application/x-votable+xml], maxBytes: 1000 }
    radius:
      type: number
      exclusiveMinimum: 0
      maximum: 3600
      x-ivoa: { unit: arcsec, ucd: pos.angDistance }
    band: { type: string, enum: [V, R], default: V }
    max-rows: { type: integer, minimum: 1 }
    all: { type: boolean }
    epochs: { type: array, items: { type: number }, maxItems: 3 }
    columns: { type: array, items: { $ref: "#/$defs/column" } }
    limit: { type: [integer, string], pattern: "^[a-z]+$" }
    options: { type: object, properties: { deep: { type: integer } } }
    either: { anyOf: [{ type: number, minimum: 10 }, { const: auto }] }
  $defs:
    column: { type: string, maxLength: 4 }
groups:
  - { name: sky, title: Where to look, description: In the sky, parameters: [radius, epochs] }
  - { name: rows, title: How many rows, parameters: [max-rows] }
results:
  - { id: result, mediaType: application/x-votable+xml, description: The matches }
  - { id: csv, mediaType: text/csv }
executionDuration: { default: 600, max: 7200 }
destruction: { default: 86400, max: 0 }
retry: { maxAttempts: 2 }
concurrency: 4
estimate: 1.5
examples:
  - title: Two stars
    parameters: { positions: "ra,dec\\n1,2", radius: 2.5, epochs: [2000, 2015.5] }
`;

/** The smallest there is. */
export const smallest = `{"name": "simulate", "version": "1", "title": "S", "parameters": {"type": "object", "properties": {}}}`;
