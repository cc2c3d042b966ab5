/**
 * The REST interface of UWS 1.1: the only key in the IVOA's registry record of UWS. Neither it nor the one of DALI has a key for
 * synchronous requests.
 */
export const uwsStandardId = "ivo://ivoa.net/std/UWS#rest-1.1";
