package uws

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// isUnreachable: the server was not reached or went away, or does not know our token (any more). The same call may succeed when
// it is back; the job is not to blame.
func isUnreachable(err error) bool {
	code := status.Code(err)
	return code == codes.Unavailable || code == codes.Unauthenticated
}

// mayPass: worth a few more tries. Everything else is the server's considered answer.
func mayPass(err error) bool {
	if _, ok := status.FromError(err); !ok {
		return false
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.Unauthenticated, codes.Aborted, codes.Canceled, codes.DeadlineExceeded, codes.DataLoss,
		codes.Internal, codes.Unknown:
		return true
	}
	return false
}

// isRefusal: the server does not want this worker as it is. Trying again at once would only fill logs.
func isRefusal(code codes.Code) bool {
	switch code {
	case codes.Unauthenticated, codes.PermissionDenied, codes.InvalidArgument, codes.FailedPrecondition, codes.Unimplemented:
		return true
	}
	return false
}
