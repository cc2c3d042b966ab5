package uws

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// gatewayAddress is where the gateway is, and whether TLS is spoken there.
type gatewayAddress struct {
	// Target is host:port, an IPv6 host in brackets.
	Target string
	// Host is without brackets.
	Host string
	// Encrypted: https:// or grpcs:// was said.
	Encrypted bool
}

var addressPattern = regexp.MustCompile(`(?i)^(?:(https|grpcs)://)?(\[[0-9a-f:.]+\]|[^\s:/\[\]@]+):(\d{1,5})/?$`)

// parseAddress reads host:port (plain text), https://host:port or grpcs://host:port (TLS).
func parseAddress(text string) (gatewayAddress, error) {
	parts := addressPattern.FindStringSubmatch(text)
	if parts != nil {
		if port, err := strconv.Atoi(parts[3]); err == nil && port <= 65535 {
			return gatewayAddress{
				Target:    parts[2] + ":" + parts[3],
				Host:      strings.Trim(parts[2], "[]"),
				Encrypted: parts[1] != "",
			}, nil
		}
	}
	return gatewayAddress{}, fmt.Errorf(
		"the gateway (UWS_GATEWAY) must be https://host:port, or host:port for plain text, not %.200q", text)
}

// isLoopback tells whether what is sent there never leaves this machine.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
