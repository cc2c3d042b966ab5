package uws

import (
	"fmt"

	"google.golang.org/grpc/codes"
)

// RefusedError says that the gateway does not want this worker: its token, its job types, its protocol version. [Run] returns it
// when that was so for several times in a row.
type RefusedError struct {
	Code    codes.Code
	Message string
}

// Error is the gateway's reason.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the gateway refused this worker: %s (%s)", e.Message, e.Code)
}
