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

func TestAGatewayThatNobodyVouchesForGetsNothing(t *testing.T) {
	serverPair := newAuthority(t).issue(t, x509.ExtKeyUsageServerAuth)
	pair, err := tls.X509KeyPair(serverPair.Certificate, serverPair.Key)
	if err != nil {
		t.Fatal(err)
	}
	server := newSecureServer(t, credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
	said := make(chan struct{})
	worker, err := Start(Options{
		Address: server.address, Token: "secret", TLS: &TLS{CA: newAuthority(t).certificate},
		Logger: loggerThat("no connection to the gateway at "+server.address+": connection error: desc = \"transport: authentication handshake failed: tls: failed to verify certificate", func() { close(said) }),
	}, Jobs{"test": HandlerFunc(untilCancelled)})
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Stop()
	within(t, said, "the reason")
	if len(server.streams) > 0 {
		t.Error("the worker has opened a stream")
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
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{usage},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
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
