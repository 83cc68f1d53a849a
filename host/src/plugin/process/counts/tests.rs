use wasm_encoder::{
    CodeSection, Component, ComponentInstanceSection, Function, FunctionSection, InstanceSection,
    Instruction, Module, ModuleArg, ModuleSection, NestedComponentSection, TypeSection,
};

use super::*;

fn module(functions: u32, instructions: usize) -> Module {
    let (mut types, mut section, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([], []);
    for _ in 0..functions {
        section.function(0);
        let mut function = Function::new([]);
        for _ in 0..instructions {
            function.instruction(&Instruction::Nop);
        }
        function.instruction(&Instruction::End);
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&section).section(&code);
    module
}

fn of_module(module: &Module) -> Vec<u8> {
    let mut component = Component::new();
    component.section(&ModuleSection(module));
    component.finish()
}

/// Each level instantiates the next twice.
fn doubling(levels: usize) -> Component {
    let mut component = Component::new();
    if levels == 0 {
        component.section(&ModuleSection(&module(1, 0)));
        let mut instances = InstanceSection::new();
        instances.instantiate::<_, &str>(0, std::iter::empty::<(&str, ModuleArg)>());
        component.section(&instances);
        return component;
    }
    component.section(&NestedComponentSection(&doubling(levels - 1)));
    let mut instances = ComponentInstanceSection::new();
    for _ in 0..2 {
        instances.instantiate::<_, &str>(0, std::iter::empty());
    }
    component.section(&instances);
    component
}

#[test]
fn what_a_few_bytes_multiply_is_counted_as_often_as_it_is_made() {
    let small = doubling(5).finish();
    assert_eq!(check(&small), Ok(()));
    let bomb = doubling(17).finish();
    assert!(bomb.len() < 2000, "{}", bomb.len());
    let error = check(&bomb).unwrap_err();
    assert!(error.contains("instances") && error.contains("at most 5000"), "{error}");
    assert!(check(&doubling(30).finish()).unwrap_err().contains("levels of nested components"));
}

#[test]
fn functions_are_counted_and_measured() {
    assert_eq!(check(&of_module(&module(1000, 10))), Ok(()));
    let error = check(&of_module(&module(300_000, 0))).unwrap_err();
    assert!(error.contains("functions; at most 60000"), "{error}");
    let error = check(&of_module(&module(1, 3 << 20))).unwrap_err();
    assert!(error.contains("bytes in one function"), "{error}");
}

#[test]
fn what_is_no_component_is_left_to_the_compiler() {
    for bytes in [&b"#!/bin/sh"[..], b"", b"\0asm\x0d\0\x01\0\xff\xff", &doubling(3).finish()[..40]] {
        assert_eq!(check(bytes), Ok(()));
    }
}
