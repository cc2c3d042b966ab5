package uws

// released is what Job.Release returns: no failure, but the way out of the handler.
type released struct {
	reason     string
	checkpoint []byte
}

func (r *released) Error() string { return r.reason }
