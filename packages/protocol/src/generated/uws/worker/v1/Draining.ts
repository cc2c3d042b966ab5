// Original file: proto/uws/worker/v1/worker.proto


export interface Draining {
}

export interface Draining__Output {
}
