package uws

import "strings"

// Parameter is one parameter as the client sent it: a value, or a file that it uploaded.
type Parameter struct {
	Name string
	// Value is empty where there is a file.
	Value string
	// File is nil where there is a value.
	File *File
}

// Parameters are a job's parameters, in the client's order. Names are compared without case (UWS 1.1 follows DALI there), and one
// may come more than once.
type Parameters []Parameter

// Get returns the first value of this name, and whether there is one.
func (p Parameters) Get(name string) (string, bool) {
	for _, parameter := range p {
		if parameter.File == nil && strings.EqualFold(parameter.Name, name) {
			return parameter.Value, true
		}
	}
	return "", false
}

// All returns every value of this name, in order.
func (p Parameters) All(name string) []string {
	var values []string
	for _, parameter := range p {
		if parameter.File == nil && strings.EqualFold(parameter.Name, name) {
			values = append(values, parameter.Value)
		}
	}
	return values
}

// File returns the first uploaded file of this name, nil if there is none.
func (p Parameters) File(name string) *File {
	for _, parameter := range p {
		if parameter.File != nil && strings.EqualFold(parameter.Name, name) {
			return parameter.File
		}
	}
	return nil
}
