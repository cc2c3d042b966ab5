package uws

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc/credentials"
)

func TestAWorkerConnectsWithMutualTLSAndItsToken(t *testing.T) {
	authority := newAuthority(t)
	serverPair := authority.issue(t, x509.ExtKeyUsageServerAuth)
	pair, err := tls.X509KeyPair(serverPair.Certificate, serverPair.Key)
	if err != nil {
		t.Fatal(err)
	}
	server := newSecureServer(t, credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: authority.pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}))
	own := authority.issue(t, x509.ExtKeyUsageClientAuth)
	worker, err := Start(Options{
		Address: server.address, Token: "secret", Logger: silent,
		TLS: &TLS{CA: authority.certificate, Certificate: own.Certificate, Key: own.Key},
	}, Jobs{"test": HandlerFunc(untilCancelled)})
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Stop()
	stream := server.stream()
	take[*workerv1.Hello](stream)
	if stream.authorization != "Bearer secret" {
		t.Errorf("authorization: %q", stream.authorization)
	}
}

func TestAGatewayThatIsNotTrustedOrDoesNotTrustUsGetsNothing(t *testing.T) {
	ours := newAuthority(t)
	const failed = "transport: authentication handshake failed: tls: failed to verify certificate: x509: "
	for name, test := range map[string]struct {
		gateway *TLS
		clients *x509.CertPool
		ca      []byte
		reason  string
	}{
		"nobody vouches for it":             {gateway: newAuthority(t).issue(t, x509.ExtKeyUsageServerAuth), reason: failed + "certificate signed by unknown authority"},
		"its certificate is another's":      {gateway: ours.issueFor(t, x509.ExtKeyUsageServerAuth, net.IPv4(10, 1, 2, 3)), reason: failed + "certificate is valid for 10.1.2.3, not 127.0.0.1"},
		"it is a worker by its certificate": {gateway: ours.issue(t, x509.ExtKeyUsageClientAuth), reason: failed + "certificate specifies an incompatible key usage"},
		"it wants a certificate of ours":    {gateway: ours.issue(t, x509.ExtKeyUsageServerAuth), clients: ours.pool, reason: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pair, err := tls.X509KeyPair(test.gateway.Certificate, test.gateway.Key)
			if err != nil {
				t.Fatal(err)
			}
			config := &tls.Config{Certificates: []tls.Certificate{pair}}
			if test.clients != nil {
				config.ClientCAs, config.ClientAuth = test.clients, tls.RequireAndVerifyClientCert
			}
			server := newSecureServer(t, credentials.NewTLS(config))
			said := make(chan struct{})
			worker, err := Start(Options{
				Address: server.address, Token: "secret", TLS: &TLS{CA: ours.certificate},
				Logger: loggerThat("no connection to the gateway at "+server.address+": connection error: desc = \""+test.reason, func() { close(said) }),
			}, Jobs{"test": HandlerFunc(untilCancelled)})
			if err != nil {
				t.Fatal(err)
			}
			defer worker.Stop()
			within(t, said, "the reason")
			if len(server.streams) > 0 {
				t.Error("the worker has opened a stream")
			}
		})
	}
}

func TestATokenIsNotSentInPlainTextOverANetwork(t *testing.T) {
	start := func(address string, given *TLS) error {
		worker, err := Start(Options{Address: address, Token: "secret", TLS: given, Logger: silent}, Jobs{"test": HandlerFunc(untilCancelled)})
		if err == nil {
			worker.Stop()
		}
		return err
	}
	server := newScriptedServer(t)
	_, port, _ := strings.Cut(server.address, ":")
	// Here it is the same machine, but nothing says so.
	elsewhere := "0.0.0.0:" + port
	if err := start(elsewhere, nil); err == nil || !strings.Contains(err.Error(), "the token is not sent to "+elsewhere+" in plain text: say https://") {
		t.Errorf("%s: %v", elsewhere, err)
	}
	if len(server.streams) > 0 {
		t.Error("the worker has opened a stream")
	}
	for _, address := range []string{"localhost:" + port, "127.0.0.1:" + port, "[::1]:1", "https://gate.example.org:1"} {
		if err := start(address, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := start("gate.example.org:1", &TLS{}); err != nil {
		t.Errorf("with TLS: %v", err)
	}
}

type authority struct {
	certificate []byte
	parsed      *x509.Certificate
	key         *ecdsa.PrivateKey
	pool        *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	made := &authority{pool: x509.NewCertPool()}
	var err error
	if made.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, made.key.Public(), made.key)
	if err != nil {
		t.Fatal(err)
	}
	if made.parsed, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	made.pool.AddCert(made.parsed)
	made.certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return made
}

func (a *authority) issue(t *testing.T, usage x509.ExtKeyUsage) *TLS {
	return a.issueFor(t, usage, net.IPv4(127, 0, 0, 1))
}

func (a *authority) issueFor(t *testing.T, usage x509.ExtKeyUsage, address net.IP) *TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{usage},
		IPAddresses: []net.IP{address},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.parsed, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return &TLS{
		Certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}),
	}
}
