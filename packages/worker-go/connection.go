package uws

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc"
	grpcbackoff "google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
)

// connection is the gRPC channel to the gateway, and what every call on it carries.
type connection struct {
	address string
	channel *grpc.ClientConn
	client  workerv1.WorkerServiceClient
}

// newConnection fails when the token would travel in plain text over a network, or cannot be sent at all, and when the
// certificates are none. It does not connect yet.
func newConnection(options connectionOptions) (*connection, error) {
	if err := checkToken(options); err != nil {
		return nil, err
	}
	transport, err := transportCredentials(options.TLS)
	if err != nil {
		return nil, err
	}
	dial := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		// A gateway that vanished without a word (power, network) is noticed after 15 s at most.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second, PermitWithoutStream: true}),
		// gRPC's own reconnection would wait up to two minutes, longer than any lease.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           grpcbackoff.Config{BaseDelay: backoffBase, Multiplier: 1.6, Jitter: 0.2, MaxDelay: backoffMax},
			MinConnectTimeout: backoffMax,
		}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes), grpc.MaxCallSendMsgSize(maxMessageBytes)),
		// What a name server says about retries is not asked for.
		grpc.WithDisableServiceConfig(),
		grpc.WithIdleTimeout(0),
	}
	if isLoopback(options.Address.Host) {
		// A proxy of the environment would carry what is meant for this machine, a token among it, elsewhere.
		dial = append(dial, grpc.WithNoProxy())
	}
	if options.Token != "" {
		dial = append(dial, grpc.WithStreamInterceptor(bearer(options.Token)))
	}
	channel, err := grpc.NewClient("dns:///"+options.Address.Target, dial...)
	if err != nil {
		return nil, fmt.Errorf("no connection to %s can be made: %w", options.Address.Target, err)
	}
	return &connection{
		address: options.Address.Target,
		channel: channel,
		client:  workerv1.NewWorkerServiceClient(channel),
	}, nil
}

// isReady: there is a connection; whether the gateway takes our calls is another matter.
func (c *connection) isReady() bool { return c.channel.GetState() == connectivity.Ready }

func (c *connection) close() { _ = c.channel.Close() }

// bearer sends the token with every call; all calls of the protocol are streams.
func bearer(token string) grpc.StreamClientInterceptor {
	return func(ctx context.Context, desc *grpc.StreamDesc, channel *grpc.ClientConn, method string, streamer grpc.Streamer,
		options ...grpc.CallOption) (grpc.ClientStream, error) {
		return streamer(metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token), desc, channel, method, options...)
	}
}

func checkToken(options connectionOptions) error {
	for _, char := range []byte(options.Token) {
		if char < '!' || char > '~' {
			return errors.New("the token (UWS_TOKEN) must be printable ASCII without spaces")
		}
	}
	if options.Token != "" && options.TLS == nil && !isLoopback(options.Address.Host) {
		return fmt.Errorf("the token is not sent to %s in plain text: say https://%s (UWS_GATEWAY), or give no token",
			options.Address.Target, options.Address.Target)
	}
	return nil
}

func transportCredentials(files *TLS) (credentials.TransportCredentials, error) {
	if files == nil {
		return insecure.NewCredentials(), nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(files.CA) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(files.CA) {
			return nil, errors.New("the authorities (UWS_CA) are no certificates in PEM")
		}
	}
	if len(files.Certificate) > 0 || len(files.Key) > 0 {
		pair, err := tls.X509KeyPair(files.Certificate, files.Key)
		if err != nil {
			return nil, fmt.Errorf("the certificate and its key (UWS_CERTIFICATE, UWS_KEY) cannot be used: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config), nil
}
