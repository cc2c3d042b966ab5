package uws

import (
	"errors"
	"fmt"
	"os"
)

// TLS has certificates as PEM. Without CA the system's authorities count; Certificate and Key are for mutual TLS.
type TLS struct {
	// CA are the authorities that the gateway's certificate may come from.
	CA []byte
	// Certificate is the worker's own, with the intermediate ones.
	Certificate []byte
	// Key is its private key, not encrypted.
	Key []byte
}

// connectionOptions is where to connect, and how.
type connectionOptions struct {
	Address gatewayAddress
	Token   string
	// TLS is nil for plain text.
	TLS *TLS
}

// connectionOptionsOf takes them from the options, else from UWS_GATEWAY, UWS_TOKEN, UWS_CA, UWS_CERTIFICATE and UWS_KEY (the
// last three name PEM files). The error names the variable or the option.
func connectionOptionsOf(options Options, getenv func(string) string) (connectionOptions, error) {
	text := options.Address
	if text == "" {
		text = getenv("UWS_GATEWAY")
	}
	if text == "" {
		text = "127.0.0.1:50051"
	}
	address, err := parseAddress(text)
	if err != nil {
		return connectionOptions{}, err
	}
	token := options.Token
	if token == "" {
		token = getenv("UWS_TOKEN")
	}
	connect := connectionOptions{Address: address, Token: token, TLS: options.TLS}
	if connect.TLS != nil {
		return connect, nil
	}
	if address.Encrypted {
		connect.TLS, err = tlsFromFiles(getenv)
		return connect, err
	}
	// Whoever names an authority or a certificate counts on TLS: to go on without it would be a trap.
	for _, name := range []string{"UWS_CA", "UWS_CERTIFICATE", "UWS_KEY"} {
		if getenv(name) != "" {
			return connectionOptions{}, fmt.Errorf(
				"%s is for TLS, and %s is plain text: say https://%s", name, address.Target, address.Target)
		}
	}
	return connect, nil
}

func tlsFromFiles(getenv func(string) string) (*TLS, error) {
	if (getenv("UWS_CERTIFICATE") == "") != (getenv("UWS_KEY") == "") {
		return nil, errors.New("UWS_CERTIFICATE and UWS_KEY go together: the worker's certificate and its private key")
	}
	var files TLS
	for name, content := range map[string]*[]byte{"UWS_CA": &files.CA, "UWS_CERTIFICATE": &files.Certificate, "UWS_KEY": &files.Key} {
		path := getenv(name)
		if path == "" {
			continue
		}
		read, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", name, err)
		}
		*content = read
	}
	return &files, nil
}
